#include "load/browser.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/serialize.hpp>

#include "core/json_fields.hpp"

namespace shop::load {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
namespace {

constexpr std::chrono::seconds patience{70};  // longer than the shop lets a statement run, and Weir a write wait
constexpr std::chrono::seconds connect_patience{5};
constexpr std::size_t shown_of_a_body = 200;
constexpr std::uint64_t largest_page = 4 * 1024 * 1024;

}  // namespace

boost::json::object page::object() const {
    auto found = core::object_in(body);
    if (!found) throw trouble{"no JSON object: " + body.substr(0, shown_of_a_body)};
    return std::move(*found);
}

asio::awaitable<bool> browser::connect(std::string& why) {
    error_code error;
    stream_.emplace(io_);
    buffer_.clear();
    stream_->expires_after(connect_patience);
    co_await stream_->async_connect(where_, asio::redirect_error(asio::use_awaitable, error));
    if (!error) stream_->socket().set_option(asio::ip::tcp::no_delay(true), error);
    if (!error) co_return true;
    why = error.message();
    stream_.reset();
    co_return false;
}

template <class Fields>
void browser::take_cookies(const Fields& from) {
    const auto [first, last] = from.equal_range(http::field::set_cookie);
    for (auto each = first; each != last; ++each) {
        const std::string_view text(each->value().data(), each->value().size());
        const auto pair = text.substr(0, text.find(';'));
        const auto equals = std::min(pair.find('='), pair.size());
        const std::string name(pair.substr(0, equals));
        const auto value = pair.substr(std::min(equals + 1, pair.size()));
        if (value.empty())
            cookies_.erase(name);
        else
            cookies_[name] = value;
    }
}

asio::awaitable<std::optional<page>> browser::exchange(const question& what, std::string& why) {
    http::request<http::string_body> message(what.method, what.target, 11);
    message.set(http::field::host, host_);
    std::string cookies;
    for (const auto& [name, value] : cookies_) cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
    if (!cookies.empty()) message.set(http::field::cookie, cookies);
    if (!what.key.empty()) message.set("Idempotency-Key", what.key);
    if (what.body) {
        message.set(http::field::content_type, "application/json");
        message.body() = boost::json::serialize(*what.body);
    }
    message.prepare_payload();
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    stream_->expires_after(patience);
    co_await http::async_write(*stream_, message, token);
    http::response_parser<http::string_body> answer;
    answer.body_limit(largest_page);
    if (!error) co_await http::async_read(*stream_, buffer_, answer, token);
    if (error) {
        why = error.message();
        stream_.reset();
        co_return std::nullopt;
    }
    take_cookies(answer.get());
    if (!answer.get().keep_alive()) stream_.reset();
    co_return page{static_cast<int>(answer.get().result_int()), std::move(answer.get().body())};
}

asio::awaitable<page> browser::ask(question what, statuses expected) {
    const std::string name = std::string(http::to_string(what.method)) + " " + what.target;
    const bool may_repeat = what.method != verb::post || !what.key.empty();
    const auto began = std::chrono::steady_clock::now();
    std::optional<page> answer;
    std::string why;
    for (int attempt = 0; attempt < 2 && !answer; ++attempt) {
        const bool was_kept = stream_.has_value();
        if (!was_kept && !co_await connect(why)) break;
        answer = co_await exchange(what, why);
        if (!answer && !(was_kept && may_repeat) && what.key.empty()) break;
    }
    if (!answer) throw trouble{name + ": " + why};
    counts_.request_took(std::chrono::steady_clock::now() - began);
    const auto status = answer->status;
    if (status != expected.one && status != expected.another && status != expected.third) {
        throw trouble{name + ": status " + std::to_string(status) + ": " + answer->body.substr(0, shown_of_a_body)};
    }
    co_return std::move(*answer);
}

}  // namespace shop::load

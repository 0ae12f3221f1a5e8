// One shopper's browser: a kept connection to the storefront, and the cookies that it has been given.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>

#include "load/tally.hpp"

namespace shop::load {

struct page {
    int status = 0;
    std::string body;

    // What it holds; trouble where it is no JSON object.
    boost::json::object object() const;
};

class browser {
public:
    browser(boost::asio::io_context& io, boost::asio::ip::tcp::endpoint where, std::string host, tally& counts)
        : io_(io), where_(where), host_(std::move(host)), counts_(counts) {}

    using verb = boost::beast::http::verb;
    struct question {
        verb method = verb::get;
        std::string target;
        std::optional<boost::json::object> body{};
        std::string key{};  // Idempotency-Key: then it is asked again where the answer did not come
    };
    // No braces within a co_await: GCC 12 cannot keep the arrays behind them.
    static question get(std::string target) { return {verb::get, std::move(target)}; }
    static question post(std::string target, std::optional<boost::json::object> body = {}, std::string key = {}) {
        return {verb::post, std::move(target), std::move(body), std::move(key)};
    }
    static question put(std::string target, boost::json::object body) { return {verb::put, std::move(target), std::move(body)}; }
    struct statuses {
        int one, another, third;
    };
    static statuses any_of(int one, int another = 0, int third = 0) { return {one, another, third}; }

    // An answer of one of these states; throws trouble for any other, and for none. As browsers do, what may be asked
    // twice is asked a second time where a kept connection turns out to be closed.
    boost::asio::awaitable<page> ask(question what, statuses expected = any_of(200));

    bool is_logged_in() const { return cookies_.contains("session"); }

private:
    boost::asio::awaitable<std::optional<page>> exchange(const question& what, std::string& why);
    boost::asio::awaitable<bool> connect(std::string& why);
    template <class Fields>
    void take_cookies(const Fields& from);

    boost::asio::io_context& io_;
    boost::asio::ip::tcp::endpoint where_;
    std::string host_;
    tally& counts_;
    std::optional<boost::beast::tcp_stream> stream_;
    boost::beast::flat_buffer buffer_;
    std::map<std::string, std::string> cookies_;
};

}  // namespace shop::load

#include "net/http/http_get.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "config/quantity.hpp"

namespace weir::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint64_t body_limit = 1 << 20;

std::string words(error_code failed, milliseconds timeout) {
    if (failed == beast::error::timeout) return "no answer within " + std::to_string(timeout.count()) + " ms";
    return failed.message();
}

}  // namespace

asio::awaitable<http_answer> http_get(config::listen_address from, std::string path, milliseconds timeout) {
    http_answer answer;
    const auto executor = co_await asio::this_coro::executor;
    error_code failed;
    auto token = asio::redirect_error(asio::use_awaitable, failed);
    const tcp::endpoint to(asio::ip::make_address(from.host, failed), from.port);
    beast::tcp_stream stream(executor);
    stream.expires_after(timeout);
    if (!failed) co_await stream.async_connect(to, token);
    if (!failed) {
        http::request<http::empty_body> request(http::verb::get, path, 11);
        request.set(http::field::host, config::to_string(from));
        request.set(http::field::user_agent, "Weir");
        request.keep_alive(false);
        co_await http::async_write(stream, request, token);
    }
    if (!failed) {
        beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(body_limit);
        co_await http::async_read(stream, buffer, parser, token);
        if (!failed) {
            answer.status = parser.get().result_int();
            answer.body = std::move(parser.get().body());
        }
    }
    if (failed) answer.trouble = words(failed, timeout);
    co_return answer;
}

}  // namespace weir::net

// One accepted connection: reads a request, has it answered by a worker thread, writes the answer,
// and so on. Every step has a deadline. Lives on the I/O thread as long as it has something to do.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "core/outcome.hpp"
#include "http/translation.hpp"

namespace shop::http {

namespace asio = boost::asio;

using handler = std::function<core::response(const core::request&)>;

// What all connections of a server share; outlives them.
struct connection_setting {
    handler answer;  // runs on a worker thread
    asio::thread_pool& workers;
    std::uint64_t body_limit_bytes;
    bool is_closing = false;  // no further request on a connection
};

class client_connection : public std::enable_shared_from_this<client_connection> {
public:
    client_connection(asio::ip::tcp::socket socket, connection_setting& setting,
                      std::function<void(client_connection*)> on_gone);
    ~client_connection();
    client_connection(const client_connection&) = delete;
    client_connection& operator=(const client_connection&) = delete;

    void read_request();
    // Ends a connection that waits for a request; one that is being answered ends after that.
    void close_if_idle();

private:
    using error_code = boost::system::error_code;

    void on_header(error_code error);
    void read_body();
    void on_body(error_code error);
    void refuse(error_code error);
    void hand_to_worker();
    void reply(core::response answer);
    void on_written(error_code error);
    void end();
    void drain();

    beast::tcp_stream stream_;
    connection_setting& setting_;
    std::function<void(client_connection*)> on_gone_;
    beast::flat_buffer buffer_;
    std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
    std::optional<response_message> outgoing_;
    reply_form form_{11, false, false};
    bool is_idle_ = false;
    std::size_t drained_bytes_ = 0;
};

}  // namespace shop::http

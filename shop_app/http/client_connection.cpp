#include "http/client_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <string_view>

namespace shop::http {
namespace {

constexpr std::chrono::seconds request_deadline{60};  // from the last answer to the whole header
constexpr std::chrono::seconds body_deadline{30};
constexpr std::chrono::seconds write_deadline{30};
constexpr std::chrono::seconds drain_deadline{2};
constexpr std::size_t drain_limit_bytes = 4 * 1024 * 1024;
constexpr std::uint32_t header_limit_bytes = 8 * 1024;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

// What a request that could not be read is answered with; status 0: with nothing.
core::api_error error_of(const boost::system::error_code& error) {
    namespace http = beast::http;
    if (error == http::error::body_limit) {
        return {413, "too_large", "the body is larger than this shop takes"};
    }
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return {431, "header_too_large", "the header is larger than this shop takes"};
    }
    const bool is_gone = error == http::error::end_of_stream ||
                         error == http::error::partial_message ||
                         error.category() != make_error_code(http::error::bad_method).category();
    if (is_gone) return {0, "", ""};
    return core::bad_request("bad_http", "this is not an HTTP/1.1 request: " + error.message());
}

}  // namespace

client_connection::client_connection(asio::ip::tcp::socket socket, connection_setting& setting,
                                     std::function<void(client_connection*)> on_gone)
    : stream_(std::move(socket)), setting_(setting), on_gone_(std::move(on_gone)) {
    error_code ignored;
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

client_connection::~client_connection() { on_gone_(this); }

void client_connection::read_request() {
    if (setting_.is_closing) return end();
    is_idle_ = true;
    parser_.emplace();
    parser_->header_limit(header_limit_bytes);
    parser_->body_limit(setting_.body_limit_bytes);
    stream_.expires_after(request_deadline);
    beast::http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_header(error); });
}

void client_connection::close_if_idle() {
    if (is_idle_) stream_.close();
}

void client_connection::on_header(error_code error) {
    if (error) return refuse(error);
    const auto& message = parser_->get();
    form_ = {message.version(), message.keep_alive(), message.method() == beast::http::verb::head};
    // RFC 9110 section 10.1.1: whoever asks first waits for leave to send the body.
    const bool wants_leave = beast::iequals(message[beast::http::field::expect], "100-continue");
    if (!wants_leave) return read_body();
    asio::async_write(stream_, asio::buffer(go_on),
                      [self = shared_from_this()](error_code failed, std::size_t) {
                          if (!failed) self->read_body();
                      });
}

void client_connection::read_body() {
    stream_.expires_after(body_deadline);
    beast::http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_body(error); });
}

void client_connection::on_body(error_code error) {
    if (error) return refuse(error);
    is_idle_ = false;
    stream_.expires_never();
    hand_to_worker();
}

void client_connection::refuse(error_code error) {
    is_idle_ = false;
    const auto told = error_of(error);
    if (told.status == 0) return;
    form_.keep_alive = false;
    reply(core::to_response(told));
}

void client_connection::hand_to_worker() {
    asio::post(setting_.workers, [self = shared_from_this(),
                                  asked = value_of(parser_->release())]() mutable {
        auto answer = self->setting_.answer(asked);
        auto executor = self->stream_.get_executor();
        // The worker keeps no share of the connection: it must end on the I/O thread.
        asio::post(executor, [self = std::move(self), answer = std::move(answer)]() mutable {
            self->reply(std::move(answer));
        });
    });
}

void client_connection::reply(core::response answer) {
    if (setting_.is_closing) form_.keep_alive = false;
    outgoing_.emplace(message_of(std::move(answer), form_));
    stream_.expires_after(write_deadline);
    beast::http::async_write(
        stream_, *outgoing_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); });
}

void client_connection::on_written(error_code error) {
    outgoing_.reset();
    if (error) return;
    if (form_.keep_alive) return read_request();
    end();
}

// RFC 9112 section 9.6: closing at once while the client still sends would reset the connection
// and could take the answer away with it.
void client_connection::end() {
    error_code error;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error) return;
    stream_.expires_after(drain_deadline);
    drain();
}

void client_connection::drain() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(16 * 1024),
                            [self = shared_from_this()](error_code error, std::size_t bytes) {
                                self->drained_bytes_ += bytes;
                                if (error || self->drained_bytes_ > drain_limit_bytes) return;
                                self->drain();
                            });
}

}  // namespace shop::http

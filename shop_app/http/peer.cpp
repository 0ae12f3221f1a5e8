#include "http/peer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <optional>

#include "http/translation.hpp"
#include "service/peer_unreachable.hpp"

namespace shop::http {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

constexpr std::chrono::seconds exchange_deadline{35};  // longer than a statement may take there
constexpr std::chrono::seconds connect_deadline{3};
constexpr std::uint64_t answer_limit_bytes = 1024 * 1024;

}  // namespace

// A connection with an io_context of its own: the deadlines of a tcp_stream hold for asynchronous
// operations only, so each step is started and then run to its end.
struct peer::link {
    asio::io_context io{1};
    beast::tcp_stream stream{io};
    beast::flat_buffer buffer;

    template <class Start>
    void perform(std::chrono::seconds deadline, Start start) {
        std::optional<error_code> error;
        stream.expires_after(deadline);
        start([&error](error_code ended, auto&&...) { error = ended; });
        io.restart();
        io.run();
        if (!error || *error) {
            throw service::peer_unreachable(error ? error->message() : "no answer");
        }
    }
};

peer::peer(core::host_port where) : where_(std::move(where)) {}

peer::~peer() = default;

std::unique_ptr<peer::link> peer::idle_link() {
    const std::lock_guard lock(guard_);
    if (idle_.empty()) return nullptr;
    auto taken = std::move(idle_.back());
    idle_.pop_back();
    return taken;
}

core::response peer::ask(const core::request& asked) {
    if (asked.verb == core::method::get) {
        if (auto kept = idle_link()) {
            try {
                return ask_on(std::move(kept), asked);
            } catch (const service::peer_unreachable&) {
                // Stale, most likely; a new connection tells.
            }
        }
    }
    auto fresh = std::make_unique<link>();
    error_code error;
    const auto found =
        asio::ip::tcp::resolver(fresh->io).resolve(where_.host, std::to_string(where_.port), error);
    if (error) throw service::peer_unreachable(error.message());
    fresh->perform(connect_deadline, [&](auto done) { fresh->stream.async_connect(found, done); });
    fresh->stream.socket().set_option(asio::ip::tcp::no_delay(true), error);
    return ask_on(std::move(fresh), asked);
}

core::response peer::ask_on(std::unique_ptr<link> used, const core::request& asked) {
    auto message = message_of(asked, core::to_text(where_));
    used->perform(exchange_deadline,
                  [&](auto done) { beast::http::async_write(used->stream, message, done); });
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(answer_limit_bytes);
    used->perform(exchange_deadline, [&](auto done) {
        beast::http::async_read(used->stream, used->buffer, parser, done);
    });
    auto answer = parser.release();
    if (answer.keep_alive()) {
        used->stream.expires_never();
        const std::lock_guard lock(guard_);
        idle_.push_back(std::move(used));
    }
    return value_of(std::move(answer));
}

}  // namespace shop::http

#include "net/http/http_server.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <array>
#include <chrono>
#include <memory>
#include <set>

#include "config/quantity.hpp"
#include "net/accept_trouble.hpp"
#include "net/http/exchange.hpp"

namespace weir::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t head_limit = 8 * 1024;
constexpr std::size_t most_connections =
    256;                                      // nobody has logged in: what they can take is bounded
constexpr std::chrono::seconds patience{30};  // for a request's head, and for a reply to be taken
constexpr std::chrono::seconds farewell_time{2};
constexpr std::size_t farewell_bytes = 256 * 1024;

constexpr std::string_view events_path = "/api/events";
constexpr std::chrono::milliseconds event_interval{1000};
constexpr unsigned digests_every = 5;        // events: they are many
constexpr std::chrono::milliseconds same_event_for{900};  // those who follow share one report
constexpr std::size_t most_followers = 32;

std::string remedy(error_code failed) {
    if (failed == asio::error::address_in_use)
        return "Another program listens there; `ss -ltnp` shows which. Give server.http another "
               "port, or \"\" to have no HTTP.";
    if (failed == asio::error::access_denied)
        return "Ports below 1024 need CAP_NET_BIND_SERVICE. Give server.http another port.";
    if (failed == boost::system::errc::address_not_available)
        return "No interface of this machine has this address. Give server.http one that it has.";
    return "See server.http in the configuration; \"\" is no HTTP.";
}

bool is_of_this_machine(const tcp::socket& socket) {
    error_code failed;
    const auto peer = socket.remote_endpoint(failed);
    if (failed) return false;
    const auto address = peer.address();
    return address.is_loopback() || (address.is_v6() && address.to_v6().is_v4_mapped() &&
                                     asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback());
}

}  // namespace

struct http_server::machinery {
    machinery(asio::io_context& on, config::listen_address where, status::admin_port& asked,
              status::control& of)
        : io(on), acceptor(on), address(std::move(where)), answers(asked), running(of) {}

    error_code listen(passed_sockets& passed);
    status::http_reply page(std::string_view target);
    std::shared_ptr<const std::string> event(bool with_digests);
    asio::awaitable<void> send_events(beast::tcp_stream& stream);

    static asio::awaitable<void> accept_all(std::shared_ptr<machinery> self);
    static asio::awaitable<void> serve(std::shared_ptr<machinery> self, tcp::socket socket);
    asio::awaitable<bool> answer_one(beast::tcp_stream& stream, beast::flat_buffer& buffer);
    asio::awaitable<void> say_farewell(beast::tcp_stream& stream);

    asio::io_context& io;
    tcp::acceptor acceptor;
    config::listen_address address;
    status::admin_port& answers;  // not touched once stopped
    status::control& running;
    std::string asked_for;  // token; empty: none is
    std::set<beast::tcp_stream*> open;
    struct event_text {
        std::chrono::steady_clock::time_point made_at;
        std::shared_ptr<const std::string> text;
    };
    std::array<event_text, 2> latest_events;  // [1]: with digests
    std::size_t followers = 0;                // of the events
    bool stopped = false;
};

error_code http_server::machinery::listen(passed_sockets& passed) {
    error_code failed;
    const auto host = asio::ip::make_address(address.host, failed);
    if (failed) return failed;
    const tcp::endpoint where(host, address.port);
    if (auto given = passed.take(name_of(where.data(), static_cast<socklen_t>(where.size())))) {
        acceptor.assign(where.protocol(), *given, failed);
        return failed;
    }
    acceptor.open(where.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(where, failed);
    if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) {
        error_code ignored;
        acceptor.close(ignored);
    }
    return failed;
}

status::http_reply http_server::machinery::page(std::string_view target) {
    const auto path = path_of(target);
    try {
        return answers.get(path, query_of(target), running);
    } catch (const std::exception& error) {
        spdlog::error("http: {} failed: {}", path, error.what());
        status::http_reply reply;
        reply.status = 500;
        reply.body = "Weir failed to answer; its log says why\n";
        return reply;
    }
}

asio::awaitable<void> http_server::machinery::accept_all(std::shared_ptr<machinery> self) {
    asio::steady_timer pause(self->io);
    accept_trouble trouble;
    const auto ended = [](std::exception_ptr error) {
        try {
            if (error) std::rethrow_exception(error);
        } catch (const std::exception& told) {
            spdlog::error("http: a connection ended by an error: {}", told.what());
        }
    };
    while (!self->stopped) {
        error_code failed;
        auto token = asio::redirect_error(asio::use_awaitable, failed);
        tcp::socket socket(self->io);
        co_await self->acceptor.async_accept(socket, token);
        if (self->stopped) co_return;
        if (failed == asio::error::connection_aborted) continue;
        if (failed) {
            trouble.note("http", failed.message());
            pause.expires_after(accept_trouble::pause);
            co_await pause.async_wait(token);
            continue;
        }
        if (self->open.size() >= most_connections) continue;  // closed at the end of its scope
        asio::co_spawn(self->io, serve(self, std::move(socket)), ended);
    }
}

asio::awaitable<void> http_server::machinery::serve(std::shared_ptr<machinery> self,
                                                    tcp::socket socket) {
    struct listed {
        explicit listed(machinery& in, tcp::socket s) : of(in), stream(std::move(s)) {
            of.open.insert(&stream);
        }
        ~listed() { of.open.erase(&stream); }
        machinery& of;
        beast::tcp_stream stream;
    };
    if (self->stopped) co_return;
    listed one(*self, std::move(socket));
    beast::flat_buffer buffer(2 * head_limit);
    bool more = true;
    while (more) more = co_await self->answer_one(one.stream, buffer);
    if (!self->stopped) co_await self->say_farewell(one.stream);
}

/// True: another request may follow on this connection.
asio::awaitable<bool> http_server::machinery::answer_one(beast::tcp_stream& stream,
                                                         beast::flat_buffer& buffer) {
    error_code failed;
    auto token = asio::redirect_error(asio::use_awaitable, failed);
    http_request_head head;
    head.header_limit(head_limit);
    head.body_limit(0);
    stream.expires_after(patience);
    co_await http::async_read_header(stream, buffer, head, token);
    if (stopped || (failed && !is_misformed(failed))) co_return false;

    auto refused = refusal(head, failed);
    if (!refused) refused = objection(head.get(), asked_for, is_of_this_machine(stream.socket()));
    const auto& request = head.get();
    if (!refused && request.method() == http::verb::get && path_of(request.target()) == events_path) {
        co_await send_events(stream);
        co_return false;
    }
    const bool keep = !refused && request.keep_alive();
    auto reply = refused ? std::move(*refused) : page(request.target());
    auto response = make_response(std::move(reply), keep);
    const bool head_only = request.method() == http::verb::head;
    http::response_serializer<http::string_body> serializer(response);
    stream.expires_after(patience);
    failed = {};
    if (head_only) {
        co_await http::async_write_header(stream, serializer, token);
    } else {
        co_await http::async_write(stream, serializer, token);
    }
    co_return keep && !failed && !stopped;
}

std::shared_ptr<const std::string> http_server::machinery::event(bool with_digests) {
    auto& latest = latest_events[with_digests];
    const auto now = std::chrono::steady_clock::now();
    if (!latest.text || now - latest.made_at >= same_event_for) {
        const auto status = page(with_digests ? "/api/status?digests=1" : "/api/status");
        latest = {now, std::make_shared<const std::string>("data: " + status.body + "\n\n")};
    }
    return latest.text;
}

/// What /api/status says, as it changes (server-sent events, HTML Standard 9.2): each second, with digests now and then.
asio::awaitable<void> http_server::machinery::send_events(beast::tcp_stream& stream) {
    if (followers >= most_followers) co_return;
    struct counted {
        explicit counted(std::size_t& of) : count(++of) {}
        ~counted() { --count; }
        std::size_t& count;
    } one(followers);
    error_code failed;
    auto token = asio::redirect_error(asio::use_awaitable, failed);
    std::string text = "HTTP/1.1 200 OK\r\nServer: Weir\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                       "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nretry: 1000\n\n";
    asio::steady_timer pause(io);
    for (unsigned round = 0; !failed && !stopped; ++round) {
        const auto told = event(round % digests_every == 0);
        stream.expires_after(patience);
        const std::array<asio::const_buffer, 2> parts{asio::buffer(text), asio::buffer(*told)};
        co_await asio::async_write(stream, parts, token);
        text.clear();
        if (failed || stopped) co_return;
        pause.expires_after(event_interval);
        co_await pause.async_wait(token);
    }
}

/// A socket closed over bytes that were never read is reset, and the client may lose the reply to
/// that.
asio::awaitable<void> http_server::machinery::say_farewell(beast::tcp_stream& stream) {
    error_code failed;
    auto token = asio::redirect_error(asio::use_awaitable, failed);
    stream.socket().shutdown(tcp::socket::shutdown_send, failed);
    std::array<char, 4096> unread;
    std::size_t passed_over = 0;
    stream.expires_after(farewell_time);
    while (!failed && !stopped && passed_over < farewell_bytes) {
        const auto space = asio::buffer(unread);
        passed_over += co_await stream.async_read_some(space, token);
    }
}

http_server::http_server(asio::io_context& io, config::listen_address address,
                         status::admin_port& answers, status::control& running)
    : machinery_(std::make_shared<machinery>(io, std::move(address), answers, running)) {}

http_server::~http_server() { stop(); }

result<void> http_server::start(passed_sockets& passed) {
    if (const auto failed = machinery_->listen(passed)) {
        return fault{sqlstate::config_file_error,
                     "could not listen on " + config::to_string(machinery_->address) +
                         " for HTTP: " + failed.message(),
                     "", remedy(failed)};
    }
    auto crashed = [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);  // a bug of ours: not passed over in silence
    };
    asio::co_spawn(machinery_->io, machinery::accept_all(machinery_), crashed);
    return {};
}

void http_server::stop() {
    machinery_->stopped = true;
    error_code ignored;
    // Asio leaves to the kernel what it would take out of epoll; where another process holds the same socket, the
    // kernel does not.
    if (machinery_->acceptor.is_open()) ::close(machinery_->acceptor.release(ignored));
    for (auto* stream : machinery_->open) stream->close();
}

void http_server::use_token(std::string token) { machinery_->asked_for = std::move(token); }

std::uint16_t http_server::port() const {
    error_code failed;
    const auto where = machinery_->acceptor.local_endpoint(failed);
    return failed ? machinery_->address.port : where.port();
}

int http_server::descriptor() const { return machinery_->acceptor.native_handle(); }

}  // namespace weir::net

// stream: bytes over one connected, non-blocking descriptor: try, and wait where nothing can be done.
// It hides TLS and the reactor from all that is above. One read wait and one write wait at a time.
#pragma once

#include <sys/uio.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "config/tcp_settings.hpp"

namespace weir::net {

using stream_socket = boost::asio::generic::stream_protocol::socket;

enum class io_state : std::uint8_t {
    done,     // some bytes were moved
    blocked,  // nothing now: wait
    closed,   // the peer has closed, or an error: nothing more will come
};

struct io_result {
    std::size_t bytes = 0;
    io_state state = io_state::done;
};

class stream {
public:
    explicit stream(stream_socket socket) : socket_(std::move(socket)) {}
    virtual ~stream() = default;
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    virtual io_result try_read(char* to, std::size_t size) = 0;
    /// May take a part; call again with the rest.
    virtual io_result try_write(const iovec* parts, int count) = 0;
    /// Bytes that were received and can be read without the descriptor becoming readable. A session
    /// parks only while this is 0.
    virtual std::size_t buffered() const = 0;
    virtual bool encrypted() const = 0;
    /// What a TLS client calls "tls-..."; empty where plain.
    virtual std::string_view cipher() const { return {}; }

    template <class Handler>
    auto wait_readable(Handler handler) {
        return socket_.async_wait(read_wants_write() ? stream_socket::wait_write : stream_socket::wait_read,
                           std::move(handler));
    }
    template <class Handler>
    auto wait_writable(Handler handler) {
        return socket_.async_wait(write_wants_read() ? stream_socket::wait_read : stream_socket::wait_write,
                           std::move(handler));
    }

    /// The other end has closed, whether or not something of it is still to be read (poll(2), POLLRDHUP; as
    /// PostgreSQL's client_connection_check_interval).
    bool peer_has_closed();
    /// The next byte that can be read, which stays there; nothing: there is none now.
    std::optional<char> first_byte();
    /// Ends all waits with operation_aborted and closes the descriptor.
    void close();
    /// Moves the connection to another thread's reactor. No wait may be outstanding.
    void move_to(boost::asio::io_context& io);
    stream_socket& socket() { return socket_; }
    /// The descriptor for a stream that is to go on with it; this one is unusable then.
    stream_socket release_socket() { return std::move(socket_); }

protected:
    virtual bool read_wants_write() const { return false; }
    virtual bool write_wants_read() const { return false; }
    int descriptor() { return socket_.native_handle(); }

private:
    stream_socket socket_;
};

class plain_stream final : public stream {
public:
    explicit plain_stream(stream_socket socket);

    io_result try_read(char* to, std::size_t size) override;
    io_result try_write(const iovec* parts, int count) override;
    std::size_t buffered() const override { return 0; }
    bool encrypted() const override { return false; }
};

/// Non-blocking, TCP_NODELAY and keepalive where it is TCP.
void prepare_socket(stream_socket& socket);

/// When a silent host at the other end is given up; nothing on a Unix socket.
void watch_host(stream_socket& socket, const config::tcp_settings& by);

}  // namespace weir::net

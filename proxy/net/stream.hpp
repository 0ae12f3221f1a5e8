// stream: bytes over one connected, non-blocking descriptor: try, and wait where nothing can be done.
// It hides TLS and the reactor from all that is above. One read wait and one write wait at a time: those of a
// session by a poller, those of a dialog (a login at a node, a probe) by Asio.
#pragma once

#include <sys/uio.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <optional>

#include "config/tcp_settings.hpp"
#include "net/poller.hpp"

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
    /// Owns the descriptor. Nobody waits on it before attach().
    explicit stream(int descriptor) { watched_.fd = descriptor; }
    /// Of a dialog: waits take handlers until attach().
    explicit stream(stream_socket socket);
    /// Takes over what `from` has, which is unusable then; what it waited for is not waited for any more.
    stream(stream&& from);
    virtual ~stream() { close(); }
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

    /// Waits are this poller's from now on, and tell this user. False: the system does not take it.
    bool attach(poller& in, socket_user& user);
    /// Ends all waits; may be attached again, by another thread as well.
    void detach();
    bool is_attached() const { return poller_ != nullptr; }
    void wait_readable();
    void wait_writable();

    /// Of a dialog; close() ends them with operation_aborted.
    template <class Handler>
    auto wait_readable(Handler handler) {
        return dialog_->async_wait(read_wants_write() ? stream_socket::wait_write : stream_socket::wait_read,
                                   std::move(handler));
    }
    template <class Handler>
    auto wait_writable(Handler handler) {
        return dialog_->async_wait(write_wants_read() ? stream_socket::wait_read : stream_socket::wait_write,
                                   std::move(handler));
    }

    /// The other end has closed, whether or not something of it is still to be read (poll(2), POLLRDHUP; as
    /// PostgreSQL's client_connection_check_interval).
    bool peer_has_closed();
    /// The next byte that can be read, which stays there; nothing: there is none now.
    std::optional<char> first_byte();
    boost::asio::generic::stream_protocol::endpoint peer() const;
    /// Ends all waits and closes the descriptor.
    void close();
    int descriptor() const { return watched_.fd; }

protected:
    virtual bool read_wants_write() const { return false; }
    virtual bool write_wants_read() const { return false; }
    /// A call has found that there is nothing more to read, or no room to write.
    void note_drained() { watched_.readable = false; }
    void note_full() { watched_.writable = false; }
    bool has_hung_up() const { return watched_.hung_up; }

private:
    watched_socket watched_;
    poller* poller_ = nullptr;               // while attached
    std::unique_ptr<stream_socket> dialog_;  // while it waits by Asio: owns the descriptor then
};

class plain_stream final : public stream {
public:
    using stream::stream;

    io_result try_read(char* to, std::size_t size) override;
    io_result try_write(const iovec* parts, int count) override;
    std::size_t buffered() const override { return 0; }
    bool encrypted() const override { return false; }
};

/// Non-blocking, TCP_NODELAY and keepalive where it is TCP.
void prepare_socket(int descriptor);

/// When a silent host at the other end is given up; nothing on a Unix socket.
void watch_host(int descriptor, const config::tcp_settings& by);

}  // namespace weir::net

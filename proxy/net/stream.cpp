#include "net/stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace weir::net {

bool stream::peer_has_closed() {
    pollfd one{descriptor(), POLLRDHUP, 0};
    return ::poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::optional<char> stream::first_byte() {
    char first = 0;
    if (::recv(descriptor(), &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1) return std::nullopt;
    return first;
}

void stream::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void stream::move_to(boost::asio::io_context& io) {
    boost::system::error_code error;
    const auto protocol = socket_.local_endpoint(error).protocol();
    const int fd = socket_.release(error);
    stream_socket moved(io);
    moved.assign(boost::asio::generic::stream_protocol(protocol.family(), protocol.protocol()), fd,
                 error);
    moved.non_blocking(true, error);
    socket_ = std::move(moved);
}

void prepare_socket(stream_socket& socket) {
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    const int one = 1;
    // Fails on Unix sockets, which need neither.
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

void watch_host(stream_socket& socket, const config::tcp_settings& by) {
    const auto set = [fd = socket.native_handle()](int level, int name, std::uint32_t value) {
        const int number = static_cast<int>(value);
        ::setsockopt(fd, level, name, &number, sizeof number);
    };
    set(SOL_SOCKET, SO_KEEPALIVE, by.keepalives);
    if (by.user_timeout_ms > 0) set(IPPROTO_TCP, TCP_USER_TIMEOUT, by.user_timeout_ms);
    if (!by.keepalives) return;
    if (by.idle_seconds > 0) set(IPPROTO_TCP, TCP_KEEPIDLE, by.idle_seconds);
    if (by.interval_seconds > 0) set(IPPROTO_TCP, TCP_KEEPINTVL, by.interval_seconds);
    if (by.count > 0) set(IPPROTO_TCP, TCP_KEEPCNT, by.count);
}

plain_stream::plain_stream(stream_socket socket) : stream(std::move(socket)) {}

io_result plain_stream::try_read(char* to, std::size_t size) {
    for (;;) {
        const auto n = ::recv(descriptor(), to, size, 0);
        if (n > 0) return {static_cast<std::size_t>(n), io_state::done};
        if (n == 0) return {0, io_state::closed};
        if (errno == EINTR) continue;
        return {0, errno == EAGAIN || errno == EWOULDBLOCK ? io_state::blocked : io_state::closed};
    }
}

io_result plain_stream::try_write(const iovec* parts, int count) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts);
    message.msg_iovlen = static_cast<std::size_t>(count);
    for (;;) {
        const auto n = ::sendmsg(descriptor(), &message, MSG_NOSIGNAL);
        if (n >= 0) return {static_cast<std::size_t>(n), io_state::done};
        if (errno == EINTR) continue;
        return {0, errno == EAGAIN || errno == EWOULDBLOCK ? io_state::blocked : io_state::closed};
    }
}

}  // namespace weir::net

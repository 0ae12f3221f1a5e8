#include "net/stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <numeric>

namespace weir::net {

stream::stream(stream_socket socket) : dialog_(std::make_unique<stream_socket>(std::move(socket))) {
    watched_.fd = dialog_->native_handle();
}

stream::stream(stream&& from) {
    auto* user = from.watched_.user;
    auto* in = from.poller_;
    from.detach();
    watched_.fd = std::exchange(from.watched_.fd, -1);
    dialog_ = std::move(from.dialog_);
    if (in != nullptr) attach(*in, *user);
}

bool stream::attach(poller& in, socket_user& user) {
    if (dialog_) {
        boost::system::error_code ignored;
        dialog_->release(ignored);
        dialog_.reset();
    }
    watched_.user = &user;
    if (!in.add(watched_)) return false;
    poller_ = &in;
    return true;
}

void stream::detach() {
    if (poller_ != nullptr) std::exchange(poller_, nullptr)->remove(watched_);
}

void stream::wait_readable() {
    watched_.wants_read = true;
    watched_.read_by_write = read_wants_write();
    if (buffered() > 0) watched_.readable = true;
    poller_->wait(watched_);
}

void stream::wait_writable() {
    watched_.wants_write = true;
    watched_.write_by_read = write_wants_read();
    poller_->wait(watched_);
}

bool stream::peer_has_closed() {
    pollfd one{descriptor(), POLLRDHUP, 0};
    return ::poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::optional<char> stream::first_byte() {
    char first = 0;
    if (::recv(descriptor(), &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1) return std::nullopt;
    return first;
}

boost::asio::generic::stream_protocol::endpoint stream::peer() const {
    boost::asio::generic::stream_protocol::endpoint to;
    auto size = static_cast<socklen_t>(to.capacity());
    if (::getpeername(descriptor(), to.data(), &size) == 0) to.resize(size);
    return to;
}

void stream::close() {
    detach();
    if (dialog_) {
        boost::system::error_code ignored;
        dialog_->close(ignored);
    } else if (watched_.fd >= 0) {
        ::close(watched_.fd);
    }
    watched_.fd = -1;
}

void prepare_socket(int descriptor) {
    int one = 1;
    ::ioctl(descriptor, FIONBIO, &one);
    // Fails on Unix sockets, which need neither.
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

void watch_host(int descriptor, const config::tcp_settings& by) {
    const auto set = [descriptor](int level, int name, std::uint32_t value) {
        const int number = static_cast<int>(value);
        ::setsockopt(descriptor, level, name, &number, sizeof number);
    };
    set(SOL_SOCKET, SO_KEEPALIVE, by.keepalives);
    if (by.user_timeout_ms > 0) set(IPPROTO_TCP, TCP_USER_TIMEOUT, by.user_timeout_ms);
    if (!by.keepalives) return;
    if (by.idle_seconds > 0) set(IPPROTO_TCP, TCP_KEEPIDLE, by.idle_seconds);
    if (by.interval_seconds > 0) set(IPPROTO_TCP, TCP_KEEPINTVL, by.interval_seconds);
    if (by.count > 0) set(IPPROTO_TCP, TCP_KEEPCNT, by.count);
}

io_result plain_stream::try_read(char* to, std::size_t size) {
    for (;;) {
        const auto n = ::recv(descriptor(), to, size, 0);
        if (n > 0) {
            // A stream gives what it has: what comes later is an edge (epoll(7), question 9). The end is told of once.
            if (static_cast<std::size_t>(n) < size && !has_hung_up()) note_drained();
            return {static_cast<std::size_t>(n), io_state::done};
        }
        if (n == 0) return {0, io_state::closed};
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return {0, io_state::closed};
        note_drained();
        return {0, io_state::blocked};
    }
}

io_result plain_stream::try_write(const iovec* parts, int count) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts);
    message.msg_iovlen = static_cast<std::size_t>(count);
    const auto size = std::accumulate(parts, parts + count, std::size_t{0},
                                      [](std::size_t sum, const iovec& part) { return sum + part.iov_len; });
    for (;;) {
        // Of one part the kernel copies no list.
        const auto n = count == 1 ? ::send(descriptor(), parts->iov_base, parts->iov_len, MSG_NOSIGNAL)
                                  : ::sendmsg(descriptor(), &message, MSG_NOSIGNAL);
        if (n >= 0) {
            const auto taken = static_cast<std::size_t>(n);
            if (taken < size) note_full();
            return {taken, io_state::done};
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return {0, io_state::closed};
        note_full();
        return {0, io_state::blocked};
    }
}

}  // namespace weir::net

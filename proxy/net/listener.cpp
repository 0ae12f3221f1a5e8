#include "net/listener.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace weir::net {
namespace {

constexpr int backlog = 4096;
constexpr int accepts_at_once = 64;  // then other work has its turn

fault system_fault(const std::string& what, const std::string& hint = {}) {
    return {sqlstate::connection_failure, what + ": " + std::strerror(errno), "", hint};
}

std::string describe_peer(const sockaddr_storage& peer, socklen_t length) {
    if (peer.ss_family == AF_UNIX) return "unix";
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (::getnameinfo(reinterpret_cast<const sockaddr*>(&peer), length, host, sizeof host, port,
                      sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return "unknown";
    return std::string(host) + ":" + port;
}

}  // namespace

std::string unix_socket_path(const config::listen_address& where) {
    return where.host + "/.s.PGSQL." + std::to_string(where.port);
}

listener::listener(boost::asio::io_context& io, config::listen_address where, accept_function accepted)
    : where_(std::move(where)), accepted_(std::move(accepted)), descriptor_(io), pause_(io) {}

listener::~listener() { close(); }

std::string listener::name() const {
    if (where_.is_unix) return unix_socket_path(where_);
    const bool v6 = where_.host.find(':') != std::string::npos;
    return (v6 ? "[" + where_.host + "]" : where_.host) + ":" + std::to_string(where_.port);
}

result<void> listener::open(passed_sockets& passed) {
    auto fd = where_.is_unix ? open_unix(passed) : open_tcp(passed);
    if (!fd) return fd.error();
    if (::listen(*fd, backlog) != 0) {
        auto why = system_fault("cannot listen on " + name(), "Is another server using this address?");
        ::close(*fd);
        return why;
    }
    descriptor_.assign(*fd);
    return {};
}

result<int> listener::open_tcp(passed_sockets& passed) {
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* raw = nullptr;
    const int code =
        ::getaddrinfo(where_.host.empty() || where_.host == "*" ? nullptr : where_.host.c_str(),
                      std::to_string(where_.port).c_str(), &hints, &raw);
    if (code != 0)
        return fault{sqlstate::connection_failure,
                     "cannot listen on " + name() + ": " + ::gai_strerror(code)};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(raw, &::freeaddrinfo);
    for (const auto* each = found.get(); each != nullptr; each = each->ai_next)
        if (auto given = passed.take(name_of(each->ai_addr, each->ai_addrlen))) return *given;
    const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return system_fault("cannot open a socket for " + name());
    const int one = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (::bind(fd, found->ai_addr, found->ai_addrlen) != 0) {
        auto why = system_fault("cannot listen on " + name(),
                                "Stop the server that uses this address, or change listen in the "
                                "[server] section.");
        ::close(fd);
        return why;
    }
    return fd;
}

result<int> listener::open_unix(passed_sockets& passed) {
    const auto path = unix_socket_path(where_);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fault{sqlstate::connection_failure, "the socket path " + path + " is too long"};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (auto given = passed.take(path)) {
        if (!passed.kept()) path_ = path;
        return *given;
    }
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return system_fault("cannot open a socket for " + path);
    // A socket file that nobody answers on was left by a process that did not end well.
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool in_use = ::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    if (!in_use && errno == ECONNREFUSED) ::unlink(path.c_str());
    ::close(probe);
    if (in_use || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        if (in_use) errno = EADDRINUSE;
        auto why = system_fault("cannot listen on " + path,
                                "The directory must exist and be writable, and no other server may "
                                "use the socket.");
        ::close(fd);
        return why;
    }
    ::chmod(path.c_str(), 0777);  // as PostgreSQL: who may log in is for authentication to say
    path_ = path;
    return fd;
}

void listener::leave() {
    path_.clear();
    close();
}

void listener::close() {
    boost::system::error_code ignored;
    pause_.cancel();
    descriptor_.close(ignored);
    if (!path_.empty()) ::unlink(path_.c_str());
    path_.clear();
}

void listener::wait() {
    descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [this](boost::system::error_code error) {
                               if (!error) accept_all();
                           });
}

void listener::accept_all() {
    for (int i = 0; i < accepts_at_once; ++i) {
        sockaddr_storage peer{};
        socklen_t length = sizeof peer;
        const int fd = ::accept4(descriptor_.native_handle(), reinterpret_cast<sockaddr*>(&peer), &length,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            accepted_(fd, peer.ss_family, describe_peer(peer, length));
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        trouble_.note(name(), std::strerror(errno));
        pause_.expires_after(accept_trouble::pause);
        pause_.async_wait([this](boost::system::error_code error) {
            if (!error) wait();
        });
        return;
    }
    wait();
}

}  // namespace weir::net

// listener: one listening socket (TCP or Unix). Accepts in bursts and hands each descriptor on; pauses,
// with a log line, where the process has no descriptor left.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "base/fault.hpp"
#include "base/instant.hpp"
#include "config/config.hpp"
#include "net/accept_trouble.hpp"
#include "net/passed_sockets.hpp"

namespace weir::net {

class listener {
public:
    /// fd, address family, who it is ("127.0.0.1:54321" or "unix").
    using accept_function = std::function<void(int fd, int family, std::string address)>;

    listener(boost::asio::io_context& io, config::listen_address where, accept_function accepted);
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// Listens on what was passed for this address, else binds. A fault says what is in the way.
    result<void> open(passed_sockets& passed);
    void start() { wait(); }
    void close();
    /// Another process goes on listening on the same socket.
    void leave();
    const config::listen_address& where() const { return where_; }
    int descriptor() { return descriptor_.native_handle(); }
    std::string name() const;

private:
    result<int> open_tcp(passed_sockets& passed);
    result<int> open_unix(passed_sockets& passed);
    void wait();
    void accept_all();

    config::listen_address where_;
    accept_function accepted_;
    boost::asio::posix::stream_descriptor descriptor_;
    boost::asio::steady_timer pause_;
    accept_trouble trouble_;
    std::string path_;  // of a Unix socket, removed at the end
};

/// The socket's file below a directory, as libpq looks for it.
std::string unix_socket_path(const config::listen_address& where);

}  // namespace weir::net

// The HTTP server of a service: one I/O thread for all connections, a pool of worker threads for
// the answers. Ends on SIGTERM or SIGINT, after the requests that it has begun.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <unordered_set>

#include "core/host_port.hpp"
#include "http/client_connection.hpp"

namespace shop::http {

struct server_setting {
    core::host_port listen;  // port 0: a free one
    std::size_t threads;
    std::uint64_t body_limit_bytes;
    std::size_t most_connections;
};

class server {
public:
    // Listens at once; throws boost::system::system_error when it cannot. `hurry` is called when
    // requests are still being answered some seconds after the signal to end.
    server(const server_setting& setting, handler answer, std::function<void()> hurry);

    core::host_port address() const;
    void run();

private:
    void accept();
    void on_accept(boost::system::error_code error, asio::ip::tcp::socket socket);
    void on_gone(client_connection* gone);
    void begin_end();
    void lose_patience();

    std::size_t most_connections_;
    std::function<void()> hurry_;
    std::unordered_set<client_connection*> connections_;
    bool is_accepting_ = false;
    // From here on the order matters: the workers end before the I/O that they answer to.
    asio::io_context io_{1};
    asio::ip::tcp::acceptor acceptor_{io_};
    asio::signal_set signals_{io_, SIGINT, SIGTERM};
    asio::steady_timer patience_{io_};
    asio::steady_timer accept_pause_{io_};
    asio::thread_pool workers_;
    connection_setting shared_;
};

}  // namespace shop::http

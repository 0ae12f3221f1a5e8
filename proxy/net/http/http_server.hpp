// http_server: HTTP/1.1 for people, probes and Prometheus: GET and HEAD of what the admin port
// answers. It knows no path and no report; nothing but the head of a request is ever read.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "net/passed_sockets.hpp"
#include "status/admin_port.hpp"

namespace weir::net {

/// Used from the io_context's one thread. `answers` and `running` are asked there, until stop().
class http_server {
public:
    http_server(boost::asio::io_context& io, config::listen_address address,
                status::admin_port& answers, status::control& running);
    ~http_server();  // stops
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    /// Listens, on what was passed for its address or on a socket of its own, and begins to accept. A fault names the address and what to do about it.
    [[nodiscard]] result<void> start(passed_sockets& passed);
    /// What requests must show, but for /livez and /readyz. Empty: nothing, and only this machine is answered.
    void use_token(std::string token);
    /// Closes the listener and every connection, at once. Not started again afterwards.
    void stop();

    /// Where it listens: the configured port, or the one that the system chose for port 0.
    std::uint16_t port() const;
    int descriptor() const;

private:
    struct machinery;
    std::shared_ptr<machinery> machinery_;  // shared with the connections' coroutines
};

}  // namespace weir::net

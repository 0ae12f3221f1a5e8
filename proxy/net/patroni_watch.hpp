// patroni_watch: asks Patroni's REST endpoints in turn who belongs to the cluster, for ever. One coroutine
// of the prober's thread; what follows from the answers is cluster/membership's and health's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "cluster/membership.hpp"
#include "config/config.hpp"
#include "net/http/http_get.hpp"
#include "net/name_lookup.hpp"

namespace weir::net {

class patroni_watch {
public:
    using report_function = std::function<void(const std::vector<cluster::member>&)>;
    /// Each endpoint has `timeout` to answer; where one fails the next is asked at once.
    patroni_watch(boost::asio::io_context& io, std::vector<config::listen_address> endpoints,
                  milliseconds interval, milliseconds timeout, report_function report);

    /// Never ends by itself.
    boost::asio::awaitable<void> run();

private:
    struct endpoint {
        config::listen_address address;
        std::unique_ptr<name_lookup> lookup;  // of its name; null where it is numeric
    };
    boost::asio::awaitable<bool> ask_one();
    boost::asio::awaitable<http_answer> get(const endpoint& from);
    boost::asio::awaitable<void> ask();

    std::vector<endpoint> endpoints_;
    milliseconds interval_;
    milliseconds timeout_;
    report_function report_;
    boost::asio::steady_timer timer_;
    std::size_t current_ = 0;  // the one that answered last
    bool fails_ = false;       // has been said
    std::string trouble_;
};

}  // namespace weir::net

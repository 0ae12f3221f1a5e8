// http_get: one GET request to a server of HTTP, on a connection of its own, within a deadline.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/instant.hpp"
#include "config/config.hpp"

namespace weir::net {

struct http_answer {
    unsigned status = 0;
    std::string body;
    std::string trouble;  // why there is none
};

/// Of at most 1 MiB. The host is a numeric address.
boost::asio::awaitable<http_answer> http_get(config::listen_address from, std::string path, milliseconds timeout);

}  // namespace weir::net

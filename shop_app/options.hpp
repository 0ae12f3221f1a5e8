// The command line of the shop, as a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/host_port.hpp"

namespace shop {

enum class service_kind {
    all,         // one server that is all of these
    user,        // accounts and sessions
    inventory,   // catalogue, prices, stock
    order,       // carts, checkout, orders
    storefront,  // pages, and the way to the others
};

struct options {
    service_kind kind = service_kind::all;
    core::host_port listen;
    std::string database;       // of inventory and orders; of the users, too, where no other is said
    std::string user_database;
    std::optional<core::host_port> users;      // where the other services are
    std::optional<core::host_port> inventory;
    std::optional<core::host_port> orders;
    std::optional<core::host_port> cache;  // Redis; none: no cache
    std::string public_url;                // of the storefront, for links in mails
    std::size_t threads = 8;
    std::size_t connections = 0;  // of one pool; 0: twice the threads
    std::chrono::milliseconds query_timeout{30000};
    std::uint64_t body_limit_bytes = 64 * 1024;
    std::string log_level = "info";
    bool logs_json = false;
};

// The options, or the status to exit with (0 after --help, 2 for wrong use) once it has been said
// why.
std::variant<options, int> parse_options(int argc, char** argv);

}  // namespace shop

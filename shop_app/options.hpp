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
    user,       // accounts and sessions
    inventory,  // catalogue, carts, orders, storefront
};

struct options {
    service_kind kind = service_kind::user;
    core::host_port listen;
    std::string database;
    std::optional<core::host_port> peer;  // the user service, for the inventory service
    std::size_t threads = 8;
    std::size_t connections = 0;  // of one pool; 0: twice the threads
    std::chrono::milliseconds query_timeout{30000};
    std::uint64_t body_limit_bytes = 64 * 1024;
    std::string log_level = "info";
};

// The options, or the status to exit with (0 after --help, 2 for wrong use) once it has been said
// why.
std::variant<options, int> parse_options(int argc, char** argv);

}  // namespace shop

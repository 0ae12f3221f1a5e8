// tally: the traffic of a report summed up by what somebody wants to know it by. Arithmetic; knows
// no form in which it is told.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "status/report.hpp"

namespace weir::admin {

/// Where a request went that was counted with this reason: "primary", "replica", or "none" where no
/// node was asked.
std::string_view role_by(routing::reason why);

/// reads and writes of a node, [0] while it was primary, [1] while it was a replica.
struct node_load {
    std::array<std::uint64_t, 2> reads{};
    std::array<std::uint64_t, 2> writes{};
    std::size_t connections = 0;  // open: lent, idle, or being opened
};

using node_key = std::pair<std::string, std::string>;  // cluster, node

std::map<node_key, node_load> load_by_node(const status::report& now);

/// Clients by what they do. The counts of the workers are not of one moment: parts may exceed the whole by a few, and
/// are cut to it.
struct client_load {
    std::size_t login = 0;
    std::size_t active = 0;   // on a connection to a node
    std::size_t waiting = 0;  // for one
    std::size_t idle = 0;
};
client_load load_of_clients(const status::report& now);

struct database_load {
    std::uint64_t requests = 0;
    std::array<std::uint64_t, 2> reads{};  // as above
    std::uint64_t writes = 0;
    double seconds = 0;
    std::uint64_t transactions = 0;
    std::uint64_t bytes_received = 0;  // from clients
    std::uint64_t bytes_sent = 0;
    double queue_seconds = 0;
};

/// By the name that clients say.
std::map<std::string, database_load> load_by_database(const status::report& now);

}  // namespace weir::admin

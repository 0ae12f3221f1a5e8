// tenant: for whom backend connections are interchangeable: one database, one user, one set of start-up
// parameters. A pool exists per (node, tenant).
#pragma once

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/strong_id.hpp"

namespace weir::pool {

struct tenant {
    std::string cluster;
    std::string database;  // as at the node
    std::string user;      // as at the node
    std::vector<std::pair<std::string, std::string>> parameters;  // sorted by name

    auto operator<=>(const tenant&) const = default;
};

struct pool_key {
    node_id node;
    tenant whose;

    auto operator<=>(const pool_key&) const = default;
};

}  // namespace weir::pool

// holds: which databases are paused: their pools lend nothing until they are resumed. A value; the workers
// share one copy.
#pragma once

#include <compare>
#include <set>
#include <string>

#include "pool/tenant.hpp"

namespace weir::pool {

/// A database as the nodes know it: under whichever names clients say, its connections are the same.
struct database_at {
    std::string cluster;
    std::string database;

    auto operator<=>(const database_at&) const = default;
};

struct holds {
    bool all = false;
    std::set<database_at> databases;

    bool covers(const database_at& which) const { return all || databases.contains(which); }
    bool covers(const tenant& whose) const { return covers(database_at{whose.cluster, whose.database}); }
    bool empty() const { return !all && databases.empty(); }
};

}  // namespace weir::pool

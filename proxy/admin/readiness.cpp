#include "admin/readiness.hpp"

#include <algorithm>

namespace weir::admin {

std::optional<std::string> why_not_ready(const status::report& now) {
    if (now.draining) return "Weir is shutting down";
    for (const auto& cluster : now.clusters) {
        const auto& nodes = cluster.known->nodes;
        const auto usable = [](const auto& node) { return node.up && node.trouble.empty(); };
        // A replica alone still answers reads; writes wait for a primary.
        if (cluster.known->primary || std::any_of(nodes.begin(), nodes.end(), usable)) continue;
        return "no node of cluster \"" + cluster.name + "\" can be used";
    }
    return std::nullopt;
}

}  // namespace weir::admin

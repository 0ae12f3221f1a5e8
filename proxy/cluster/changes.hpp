// changes: what became different from one snapshot to the next, in words for a log. Positions and
// lag are left out: they change all the time.
#pragma once

#include <string>
#include <vector>

#include "cluster/snapshot.hpp"

namespace weir::cluster {

struct change {
    bool is_loss = false;  // of a node or of the primary
    std::string text;

    bool operator==(const change&) const = default;
};

/// Both of the same cluster, as it is configured.
std::vector<change> changes(const snapshot& before, const snapshot& after);

/// A node has gone, or another one leads: who uses one has to know, for its connection may tell nothing.
bool is_left_by_any(const snapshot& before, const snapshot& after);

}  // namespace weir::cluster

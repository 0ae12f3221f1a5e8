// A cluster to route in, built in one line: a primary and replicas whose positions and lag are
// said.
#pragma once

#include <cstdint>
#include <string>

#include "cluster/snapshot.hpp"

namespace weir::routing::testing {

inline constexpr std::uint64_t system_identifier = 7000;

inline cluster::position at(std::uint64_t lsn_value, std::uint32_t timeline = 1,
                            std::uint64_t system = system_identifier) {
    return {system, timeline, lsn{lsn_value}};
}

inline instant after_ms(int ms) { return instant{} + milliseconds(ms); }

/// Node 0 is the primary, at position 1000 of timeline 1; replicas are added behind it.
class world {
public:
    world() {
        add(cluster::role::primary, 1000);
        known.primary = node_id{0};
    }

    cluster::node_state& add_replica(std::uint64_t lsn_value = 1000) {
        return add(cluster::role::replica, lsn_value);
    }
    cluster::node_state& node(std::size_t index) { return known.nodes[index]; }

    cluster::snapshot known;

private:
    cluster::node_state& add(cluster::role is, std::uint64_t lsn_value) {
        auto& node = known.nodes.emplace_back();
        node.id = node_id{static_cast<std::uint16_t>(known.nodes.size() - 1)};
        node.address.name = "node" + std::to_string(node.id.value);
        node.is = is;
        node.up = true;
        node.known = at(lsn_value);
        node.probed = after_ms(0);
        node.all_replayed = true;
        return node;
    }
};

}  // namespace weir::routing::testing

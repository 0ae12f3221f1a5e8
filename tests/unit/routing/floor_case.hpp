// floor_case: a floor before a primary and two replicas, for tests.
#pragma once

#include <gtest/gtest.h>

#include "routing/floor.hpp"
#include "unit/routing/world.hpp"

namespace weir::routing {

using testing::after_ms;
using testing::at;
using testing::world;

inline constexpr node_id first_replica{1};
inline constexpr node_id second_replica{2};

/// A primary and two replicas.
struct floor_case : ::testing::Test {
    floor_case() {
        it.add_replica();
        it.add_replica();
    }
    cluster::node_state& one() { return it.node(1); }
    cluster::node_state& two() { return it.node(2); }
    void settle() { f.settle(it.known); }
    /// This replica is probed again, and found there.
    void probe(cluster::node_state& node, std::uint64_t lsn_value, int ms) {
        node.known.at = lsn{lsn_value};
        node.probed = after_ms(ms);
    }

    world it;
    routing::floor f;
};

}  // namespace weir::routing

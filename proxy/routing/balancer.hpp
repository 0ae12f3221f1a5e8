// balancer: among replicas that may serve, the one with the least work in flight for its weight.
// Counts of one worker; ties go round.
#pragma once

#include <cstdint>
#include <vector>

#include "base/strong_id.hpp"

namespace weir::routing {

class balancer {
public:
    void resize(std::size_t nodes) {
        if (nodes > in_flight_.size()) in_flight_.resize(nodes, 0);
    }
    void begin(node_id node) {
        resize(static_cast<std::size_t>(node.value) + 1);
        ++in_flight_[node.value];
    }
    void end(node_id node) { --in_flight_[node.value]; }
    std::uint32_t in_flight(node_id node) const {
        return node.value < in_flight_.size() ? in_flight_[node.value] : 0;
    }
    /// Counts up, so that equals take turns.
    std::uint32_t turn() { return next_++; }

private:
    std::vector<std::uint32_t> in_flight_;
    std::uint32_t next_ = 0;
};

}  // namespace weir::routing

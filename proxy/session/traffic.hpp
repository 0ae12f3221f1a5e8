// traffic: what one worker counts for one database: cycles by node and reason, and their durations.
// Written by that worker only; others read a copy.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/histogram.hpp"
#include "base/instant.hpp"
#include "base/strong_id.hpp"
#include "routing/reason.hpp"

namespace weir::session {

struct node_traffic {
    std::array<std::uint64_t, routing::reason_count> by_reason{};
    std::array<histogram, 2> seconds{};  // [0] as primary, [1] as replica: from the request to the end of its answer
    std::array<histogram, 2> at_node{};  // ... and of that from when the node was sent it
    std::array<std::uint64_t, 2> reads{};   // proved reads, by role as above
    std::array<std::uint64_t, 2> writes{};
};

class traffic {
public:
    struct record {
        node_id node;
        bool on_replica;
        bool read_only;
        routing::reason why;
        duration took;
        duration at_node;
    };

    void count(const record& r) {
        if (r.node.value >= nodes_.size()) nodes_.resize(static_cast<std::size_t>(r.node.value) + 1);
        auto& n = nodes_[r.node.value];
        ++n.by_reason[static_cast<std::size_t>(r.why)];
        n.seconds[r.on_replica].add(r.took);
        n.at_node[r.on_replica].add(r.at_node);
        ++(r.read_only ? n.reads : n.writes)[r.on_replica];
    }
    void count_local() { count_without_node(routing::reason::local); }
    /// What no node was asked for.
    void count_without_node(routing::reason why) { ++without_node_[static_cast<std::size_t>(why)]; }
    /// A read has waited for a replica to reach its floor, in vain or not.
    void count_wait(duration took) { causal_waits_.add(took); }
    /// A request has waited for a primary, in vain or not.
    void count_hold(duration took) { holds_.add(took); }
    /// ... for a connection.
    void count_queue(duration took) { queue_seconds_ += std::chrono::duration<double>(took).count(); }
    /// A replica was not read from because the session would have gone back in time.
    void count_kept_from_stale() { ++kept_from_stale_; }
    void count_transaction() { ++transactions_; }
    /// A replica that was about to be read from was asked where it really is.
    void count_audit(bool stale) {
        ++audited_;
        if (stale) ++stale_;
    }

    const std::vector<node_traffic>& nodes() const { return nodes_; }
    std::uint64_t local() const { return without_node(routing::reason::local); }
    std::uint64_t without_node(routing::reason why) const {
        return without_node_[static_cast<std::size_t>(why)];
    }
    const histogram& causal_waits() const { return causal_waits_; }
    const histogram& holds() const { return holds_; }
    double queue_seconds() const { return queue_seconds_; }
    std::uint64_t kept_from_stale() const { return kept_from_stale_; }
    std::uint64_t transactions() const { return transactions_; }
    std::uint64_t bytes_received = 0;  // from clients
    std::uint64_t bytes_sent = 0;      // to clients
    std::uint64_t audited() const { return audited_; }
    std::uint64_t stale() const { return stale_; }

private:
    std::vector<node_traffic> nodes_;
    std::array<std::uint64_t, routing::reason_count> without_node_{};
    std::uint64_t audited_ = 0;
    std::uint64_t stale_ = 0;
    std::uint64_t kept_from_stale_ = 0;
    std::uint64_t transactions_ = 0;
    double queue_seconds_ = 0;
    histogram causal_waits_{};
    histogram holds_{};
};

}  // namespace weir::session

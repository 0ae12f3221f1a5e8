// snapshot: everything that routing may know of the cluster at one moment, immutable once
// published.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/strong_id.hpp"
#include "cluster/position.hpp"
#include "cluster/read_share.hpp"
#include "cluster/timeline_history.hpp"

namespace weir::cluster {

enum class role : std::uint8_t { unknown, primary, replica };
std::string_view to_string(role r);

/// Where a node is, as configured. host may be a directory (Unix socket).
struct node_address {
    std::string name;  // configured, else host:port
    std::string host;
    std::uint16_t port = 5432;
    std::string group;
    std::uint32_t weight = 1;

    bool operator==(const node_address&) const = default;
};

struct node_state {
    node_id id;
    node_address address;
    role is = role::unknown;
    bool up = false;  // answered its last probes; false: nothing is sent to it
    position known;   // lower bound of what is visible there (replica), or flush (primary)
    instant probed = instant::min();  // when the probe that found `known` was sent
    bool all_replayed = false;  // replica: of all that it had received, `known` was the end
    std::int64_t started_at_us = 0;
    std::int64_t lag_bytes = 0;  // behind the primary's last known position
    std::int64_t lag_ms = 0;  // 0 while all that was received and known of the primary is replayed
    int server_version = 0;
    std::string trouble;  // why it is not used, empty when it is
    std::uint32_t read_percent = read_share::full;  // of the reads that its weight would bring
    share_limit read_limit = share_limit::none;     // ... and why not all
    bool gone = false;  // was found, and is no member any more: not shown
    bool drained = false;  // the operator wants nothing new to be sent there

    bool operator==(const node_state&) const = default;
};

struct snapshot {
    std::uint64_t version = 0;
    std::vector<node_state> nodes;   // index = node_id
    std::optional<node_id> primary;  // nothing: none, or two that cannot be told apart
    std::shared_ptr<const timeline_history> history = {};  // of the primary's timeline; null: not known

    const node_state* find(node_id id) const {
        return id.valid() && id.value < nodes.size() ? &nodes[id.value] : nullptr;
    }
    /// On the primary's timeline, where that has succeeded this one and it is known at which point.
    position carried(const position& from) const {
        const auto* now = primary ? find(*primary) : nullptr;
        if (now == nullptr || history == nullptr || history->of != now->known.timeline) return from;
        return carried_over(from, now->known.system_identifier, *history).value_or(from);
    }
};

using snapshot_ptr = std::shared_ptr<const snapshot>;

}  // namespace weir::cluster

// membership: who belongs to a cluster by the word of its manager (Patroni), held against the nodes that
// are known already: who is new, who has gone, who leads. Nodes keep their ids for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/strong_id.hpp"

namespace weir::cluster {

/// As Patroni tells of it; host and port as it has them, empty and 0 where it does not know.
struct member {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    std::string role;   // leader, standby_leader, replica, sync_standby, ...
    std::string state;  // running, streaming, stopped, start failed, ...
    std::uint32_t timeline = 0;

    bool operator==(const member&) const = default;
    bool leads() const { return role == "leader" && state == "running"; }
    bool has_address() const { return !host.empty() && port != 0; }
};

/// A node as membership sees it; its id is its place in the list.
struct listed_node {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    bool found = false;  // by the manager, not in the configuration
    bool gone = false;
};

/// The node that is this member: of one address, or configured under the member's name.
std::optional<node_id> find_node(const std::vector<listed_node>& nodes, const member& who);

struct membership_change {
    std::vector<member> added;       // to be nodes from now on
    std::vector<node_id> left;       // found before, and no members any more
    std::vector<node_id> returned;   // have been gone
    bool empty() const { return added.empty() && left.empty() && returned.empty(); }
};

/// What an answer changes. Configured nodes stay whatever it says, and while nobody leads nobody is
/// taken for gone: the manager itself may be in trouble then.
membership_change compare(const std::vector<listed_node>& nodes, const std::vector<member>& members);

}  // namespace weir::cluster

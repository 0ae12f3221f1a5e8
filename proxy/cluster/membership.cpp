#include "cluster/membership.hpp"

#include <algorithm>

namespace weir::cluster {
namespace {

bool is_same(const listed_node& node, const member& who) {
    const bool address = who.has_address() && node.host == who.host && node.port == who.port;
    return address || (!node.found && !who.name.empty() && node.name == who.name);
}

}  // namespace

std::optional<node_id> find_node(const std::vector<listed_node>& nodes, const member& who) {
    const auto at = std::find_if(nodes.begin(), nodes.end(), [&](const auto& n) { return is_same(n, who); });
    if (at == nodes.end()) return std::nullopt;
    return node_id{static_cast<std::uint16_t>(at - nodes.begin())};
}

membership_change compare(const std::vector<listed_node>& nodes, const std::vector<member>& members) {
    membership_change found;
    for (const auto& who : members) {
        const auto node = find_node(nodes, who);
        if (node && nodes[node->value].gone) found.returned.push_back(*node);
        if (!node && who.has_address()) found.added.push_back(who);
    }
    if (std::none_of(members.begin(), members.end(), [](const member& m) { return m.leads(); })) return found;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto& node = nodes[i];
        const bool listed =
            std::any_of(members.begin(), members.end(), [&](const member& m) { return is_same(node, m); });
        if (node.found && !node.gone && !listed) found.left.push_back(node_id{static_cast<std::uint16_t>(i)});
    }
    return found;
}

}  // namespace weir::cluster

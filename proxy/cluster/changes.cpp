#include "cluster/changes.hpp"

#include <algorithm>

namespace weir::cluster {
namespace {

std::string name_of(const snapshot& of, node_id id) {
    const node_state* node = of.find(id);
    return node ? node->address.name : "none";
}

std::string describe(const node_state& node) {
    return node.address.name + " is up: " + std::string(to_string(node.is)) + ", timeline " +
           std::to_string(node.known.timeline) + ", version " + std::to_string(node.server_version);
}

}  // namespace

std::vector<change> changes(const snapshot& before, const snapshot& after) {
    std::vector<change> result;
    for (const auto& now : after.nodes) {
        const node_state* then = before.find(now.id);
        if (!then) {
            result.push_back({false, now.address.name + " is a node from now on"});
            continue;
        }
        if (now.up &&
            (!then->up || then->is != now.is || then->known.timeline != now.known.timeline))
            result.push_back({false, describe(now)});
        else if (now.up && then->started_at_us != now.started_at_us)
            result.push_back({false, now.address.name + " was restarted"});
        else if (!now.up && (then->up || then->trouble != now.trouble))
            result.push_back({true, now.address.name + " is not used: " + now.trouble});
        // A replica that is up and not read from: its words hold times that change with every answer.
        const bool left = now.up && then->up && !now.trouble.empty() && then->trouble.empty();
        const bool back = now.up && then->up && now.trouble.empty() && !then->trouble.empty();
        if (left) result.push_back({true, now.address.name + " is not read from: " + now.trouble});
        if (back) result.push_back({false, now.address.name + " is read from again"});
        if (now.drained != then->drained)
            result.push_back(
                {false, now.address.name + (now.drained ? " is drained" : " is drained no longer")});
    }
    if (after.primary && after.primary != before.primary)
        result.push_back({false, "the primary is " + name_of(after, *after.primary)});
    if (!after.primary && before.primary)
        result.push_back({true, "no primary: " + name_of(after, *before.primary) + " was it"});
    return result;
}

bool is_left_by_any(const snapshot& before, const snapshot& after) {
    if (after.primary && after.primary != before.primary) return true;
    return std::any_of(after.nodes.begin(), after.nodes.end(), [&](const node_state& now) {
        const node_state* then = before.find(now.id);
        return then != nullptr && then->up && !now.up;
    });
}

}  // namespace weir::cluster

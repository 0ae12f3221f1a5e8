#include "simulation/chronicle.hpp"

#include <algorithm>

namespace weir::simulation {

cluster::timeline_history chronicle::history_of(std::uint32_t timeline) const {
    cluster::timeline_history made{timeline, {}};
    for (auto from = forks_.find(timeline); from != forks_.end(); from = forks_.find(from->second.timeline))
        made.forks.insert(made.forks.begin(), {from->second.timeline, ends_.at(from->first)});
    return made;
}

std::optional<lsn> chronicle::carried(const state_of_data& seen, std::uint32_t to) const {
    lsn at = seen.at;
    while (to != seen.timeline) {
        const auto from = forks_.find(to);
        if (from == forks_.end()) return std::nullopt;
        at = std::min(at, from->second.at);
        to = from->second.timeline;
    }
    return at;
}

/// What is left of it in a later timeline: that of the history which the two have in common.
lsn chronicle::surviving(state_of_data seen, std::uint32_t to) const {
    auto at = carried(seen, to);
    while (!at) {
        const auto from = forks_.find(seen.timeline);
        if (from == forks_.end()) return seen.at;
        seen = {from->second.timeline, std::min(seen.at, from->second.at)};
        at = carried(seen, to);
    }
    return *at;
}

bool chronicle::covers(const state_of_data& here, const state_of_data& seen) const {
    if (here.timeline >= seen.timeline) return here.at >= surviving(seen, here.timeline);
    // Here time stands on an older branch: enough only where nothing of the newer one was seen.
    auto timeline = seen.timeline;
    while (timeline != here.timeline) {
        const auto from = forks_.find(timeline);
        if (from == forks_.end() || seen.at > from->second.at) return false;
        timeline = from->second.timeline;
    }
    return here.at >= seen.at;
}

state_of_data chronicle::later(const state_of_data& before, const state_of_data& after) const {
    if (after.timeline < before.timeline) return before;
    return {after.timeline, std::max(surviving(before, after.timeline), after.at)};
}

void chronicle::committed(const std::string& value, committed_write how) {
    if (!writes_.emplace(value, how).second)
        journal_.fail("the write of " + value + " was committed twice");
}

void chronicle::made_safe(const std::string& value) {
    const auto found = writes_.find(value);
    if (found != writes_.end()) found->second.is_safe = true;
}

const committed_write* chronicle::find_write(const std::string& value) const {
    const auto found = writes_.find(value);
    return found == writes_.end() ? nullptr : &found->second;
}

}  // namespace weir::simulation

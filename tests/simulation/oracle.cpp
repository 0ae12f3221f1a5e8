#include "simulation/oracle.hpp"

#include <cstdlib>

namespace weir::simulation {
namespace {

std::string shown(const state_of_data& s) { return std::to_string(s.timeline) + ':' + to_string(s.at); }

}  // namespace

void oracle::note_acknowledged(const std::vector<std::string>& values, state_of_data& seen) {
    const committed_write* first = nullptr;
    for (const auto& value : values) {
        const auto* found = in_.truth.find_write(value);
        if (found == nullptr)
            return in_.log.fail("the write of " + value + " was acknowledged and never committed");
        if (!in_.truth.is_vouched_for(value))
            in_.log.fail("the write of " + value + " was acknowledged, and no server has said that it is done");
        if (first == nullptr) first = found;
        if (found->at.at != first->at.at || found->at.timeline != first->at.timeline)
            in_.log.fail("the writes of " + values.front() + " and " + value + " are of one transaction and were not "
                         "committed together");
        told_.push_back(value);
    }
    if (first == nullptr) return;
    seen = in_.truth.later(seen, first->at);
    acknowledged_ = in_.truth.later(acknowledged_, first->at);
}

void oracle::note_impossible(const std::vector<std::string>& values) {
    for (const auto& value : values) {
        impossible_.insert(value);
        if (in_.truth.find_write(value) != nullptr)
            in_.log.fail("the write of " + value + " was committed, and the client told that it is not");
    }
}

void oracle::note_read(const std::string& who, const std::string& value, const std::string& mark,
                       const demand& asked, state_of_data& seen) {
    const auto slash = value.find('/');
    const auto* ran = slash == std::string::npos
                          ? nullptr
                          : in_.truth.find_execution(static_cast<std::size_t>(std::atoll(value.c_str() + slash + 1)));
    if (ran == nullptr) return in_.log.fail(who + " was shown what no server has answered: " + value);
    if (ran->mark != mark) return in_.log.fail(who + " asked " + mark + " and was answered " + ran->mark);
    if (ran->value != value.substr(0, slash)) return in_.log.fail(who + " was shown another value: " + value);
    const auto too_old = [&](const state_of_data& needed) {
        return !in_.truth.covers(ran->saw, needed) && !(ran->on_disk && in_.truth.covers(*ran->on_disk, needed));
    };
    const auto where = " on node" + std::to_string(ran->node.value) + " at " + shown(ran->saw);
    if (asked.own && too_old(seen))
        in_.log.fail(who + " went back in time: " + mark + " ran" + where + " and the session had seen " + shown(seen));
    if (asked.others && too_old(*asked.others))
        in_.log.fail(who + " was not shown what was acknowledged before: " + mark + " ran" + where + ", acknowledged was " +
                     shown(*asked.others));
    // What is read at `eventual` binds nobody.
    if (asked.own) seen = in_.truth.later(seen, ran->saw);
}

void oracle::check_at_end(const node& primary) {
    std::set<std::string> there;
    for (const auto& r : primary.log())
        for (const auto& c : r->changes) there.insert(c.value);
    const bool nothing_lost = plan_.sky != weather::everything;
    for (const auto& value : told_) {
        const auto* found = in_.truth.find_write(value);
        if ((nothing_lost || found->is_safe) && !there.contains(value))
            in_.log.fail("the write of " + value + " was acknowledged, and is lost");
    }
    for (const auto& value : undone_)
        if (there.contains(value))
            in_.log.fail("the write of " + value + " is there, and its client was told that it was rolled back");
    for (const auto& value : impossible_)
        if (in_.truth.find_write(value) != nullptr)
            in_.log.fail("the write of " + value + " was committed after the client was told that it is not");
}

}  // namespace weir::simulation

// chronicle: what truly happened in the simulated cluster, whatever Weir made of it: where timelines forked, which
// write was committed where, which statement was run on which state of the data. The oracle's ground.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/strong_id.hpp"
#include "cluster/timeline_history.hpp"
#include "simulation/journal.hpp"
#include "simulation/record.hpp"

namespace weir::simulation {

/// One read, on one node. The value that is sent carries the number, so that a reply tells which one made it.
struct execution {
    node_id node;
    state_of_data saw;
    /// On a primary: all that it has on disk. What waits for its synchronous replica may be visible there
    /// already (FACTS 5).
    std::optional<state_of_data> on_disk;
    std::string mark;
    std::string value;
};

struct committed_write {
    state_of_data at;
    node_id on;
    bool is_safe = false;  // on disk on a synchronous replica before it was acknowledged
};

class chronicle {
public:
    explicit chronicle(journal& to) : journal_(to) {}

    /// from: the last state of the data of the timeline that ended; `at`: where its log ended.
    void fork(std::uint32_t timeline, const state_of_data& from, lsn at) {
        forks_[timeline] = from;
        ends_[timeline] = at;
    }

    /// What a timeline descends from, as its server tells it.
    cluster::timeline_history history_of(std::uint32_t timeline) const;
    /// Up to where `seen` belongs to the history of a timeline; nothing where it is no ancestor's.
    std::optional<lsn> carried(const state_of_data& seen, std::uint32_t to) const;
    lsn surviving(state_of_data seen, std::uint32_t to) const;
    /// Is a node in state `here` no older than what was seen?
    bool covers(const state_of_data& here, const state_of_data& seen) const;
    /// The further one of two that one session has seen, one after the other.
    state_of_data later(const state_of_data& before, const state_of_data& after) const;

    std::size_t ran(execution what) {
        executions_.push_back(std::move(what));
        return executions_.size() - 1;
    }
    const execution* find_execution(std::size_t number) const {
        return number < executions_.size() ? &executions_[number] : nullptr;
    }
    void committed(const std::string& value, committed_write how);
    /// Its record has ended here.
    void moved(const std::string& value, const state_of_data& to) { writes_.at(value).at = to; }
    void made_safe(const std::string& value);
    /// A server has answered its COMMIT, or, asked later, has said that it was done.
    void vouched_for(const std::string& value) { vouched_for_.insert(value); }
    bool is_vouched_for(const std::string& value) const { return vouched_for_.contains(value); }
    const committed_write* find_write(const std::string& value) const;

private:
    journal& journal_;
    std::map<std::uint32_t, state_of_data> forks_;  // by the new timeline: its parent, and where it left it
    std::map<std::uint32_t, lsn> ends_;
    std::vector<execution> executions_;
    std::map<std::string, committed_write> writes_;
    std::set<std::string> vouched_for_;
};

}  // namespace weir::simulation

// health: probe results and the time -> snapshot. Decides roles, which of two primaries counts, who is
// up, and how far behind each replica is. Plain arithmetic: it asks nobody and reads no clock.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "cluster/probe.hpp"
#include "cluster/snapshot.hpp"

namespace weir::cluster {

struct health_settings {
    int fall = 2;                        // failed probes in a row before a node is down
    int rise = 1;                        // answered probes in a row before it is up again
    milliseconds silence{3000};          // a node without an answer for this long is down
};

class health {
public:
    health(std::vector<node_address> nodes, health_settings settings);

    /// Takes in what one probe of a node brought. A connection error reported by a session counts as
    /// a failed probe.
    void on_probe(node_id node, const probe_result& result);

    /// The cluster as it is now. Two primaries: the one of the higher timeline counts, the other is
    /// fenced (trouble says so); of one timeline: none. A node of another system identifier than the
    /// primary's (or, without one, the majority's) is refused. A replica's position is only comparable
    /// on the primary's history; on another timeline it is known, but reaches nothing.
    snapshot_ptr look(instant now);

private:
    struct tracked {
        node_address address;
        std::optional<probe_answer> last;
        instant last_sent = instant::min();
        instant last_received = instant::min();
        int failures = 0;
        int successes = 0;
        bool up = false;
        std::string trouble = "not probed yet";
    };

    std::optional<node_id> find_primary(std::vector<node_state>& nodes) const;
    void measure_lag(std::vector<node_state>& nodes, node_id primary, instant now);

    health_settings settings_;
    std::vector<tracked> nodes_;
    std::uint64_t version_ = 0;
    /// (when the primary was asked, its flush position then): turns bytes behind into milliseconds
    /// without any clock of the servers.
    std::deque<std::pair<instant, lsn>> primary_trail_;
};

}  // namespace weir::cluster

// health: probe results and the time -> snapshot. Decides roles, which of two primaries counts, who
// is up, and how far behind each replica is. Plain arithmetic: it asks nobody and reads no clock.
#pragma once

#include <optional>
#include <vector>

#include "cluster/outliers.hpp"
#include "cluster/primary_trail.hpp"
#include "cluster/probe.hpp"
#include "cluster/snapshot.hpp"

namespace weir::cluster {

/// node_state::trouble before the first probe of a node has ended.
inline constexpr const char* not_probed_yet = "not probed yet";

struct health_settings {
    int fall = 2;                // failed probes in a row before a node is down
    int rise = 1;                // answered probes in a row before it is up again
    milliseconds silence{3000};  // a node without an answer for this long is down
    milliseconds leader_valid{10000};  // the manager's word on who leads, after it was heard
    outlier_settings slow = {};
    share_settings share = {};

    bool operator==(const health_settings&) const = default;
};

class health {
public:
    health(std::vector<node_address> nodes, health_settings settings);

    /// Takes in what one probe of a node brought. An answer to a question older than the last
    /// answered one is passed over.
    void on_probe(node_id node, const probe_result& result);
    /// A session's connection to the node broke, or none could be made. One connection's end proves
    /// nothing; but if the next probe fails as well, that is enough for the node to be down.
    void on_suspicion(node_id node);
    /// The replica's replay has cancelled a session's read.
    void on_conflict(node_id node, instant now);

    /// One more node, found at run time; its id is the next one.
    node_id add(node_address address);
    /// The configuration, or the cluster's manager, does not count it as a member any more: it is not used,
    /// whatever it says, and what was known of it is forgotten.
    void set_gone(node_id node, bool gone);
    /// The same server under another name, weight or group.
    void readdress(node_id node, node_address address);
    /// Counts from the next answer on.
    void use(const health_settings& settings);
    /// Which node the cluster's manager calls the leader; nothing: none, or it is no node of ours. Of two
    /// primaries of one timeline this one counts, for as long as the word is fresh.
    void on_leader(std::optional<node_id> node, instant now);

    /// The operator's wish: it changes nothing of what the node is.
    void set_drained(node_id node, bool drained);

    /// The cluster as it is now; to be called after every on_probe, for it also keeps what was seen
    /// of the primary over time. Two primaries: the one of the higher timeline counts, the other is
    /// fenced (trouble says so); of one timeline: none, until one of them stops saying so (that it
    /// falls silent is not enough). A primary below a timeline that any node was last seen on is
    /// fenced as well. A node of another system identifier than the primary's (or, without one, the
    /// majority's) is refused; a lone stranger cannot take the cluster over while a node of the old
    /// identifier is known. A replica's position is only comparable on the primary's history; on
    /// another timeline it is known, but reaches nothing. A replica that answers much later than the
    /// others is up, and in trouble: not read from.
    snapshot_ptr look(instant now);

private:
    struct tracked {
        node_address address;
        std::optional<probe_answer> last;
        std::shared_ptr<const timeline_history> history;
        instant last_sent = instant::min();
        instant last_received = instant::min();
        int failures = 0;
        int successes = 0;
        bool up = false;
        bool fell = false;       // was found down: it comes back by slow start
        bool suspected = false;  // by sessions, since its last answer
        bool was_out = false;    // of the reads, as an outlier
        read_share share = {};
        bool gone = false;
        bool drained = false;
        bool contested = false;  // was seen as one of two primaries of one timeline
        std::string trouble = not_probed_yet;
    };
    struct founder {
        std::uint64_t identifier = 0;
        node_id node;  // the primary by which the cluster's identifier became known
    };

    void on_answer(node_id id, const probe_result& result);
    std::vector<node_state> list(instant now) const;
    std::size_t votes(std::uint64_t identifier) const;
    std::optional<std::uint64_t> most_voted(const std::vector<node_state>& nodes,
                                            bool primaries) const;
    std::optional<std::uint64_t> find_identifier(const std::vector<node_state>& nodes);
    void refuse_strangers(std::vector<node_state>& nodes);
    std::optional<node_id> find_primary(std::vector<node_state>& nodes, instant now);
    bool is_leader(node_id node, instant now) const;
    void fence_rivals(std::vector<node_state>& nodes, const std::vector<node_state*>& candidates,
                      instant now) const;
    void fence_below(std::vector<node_state>& nodes) const;
    void measure_lag(std::vector<node_state>& nodes, std::optional<node_id> primary, instant now);
    void leave_out_slow(std::vector<node_state>& nodes, instant now);
    void share_out(std::vector<node_state>& nodes, instant now) const;

    health_settings settings_;
    std::vector<tracked> nodes_;
    std::uint64_t version_ = 0;
    std::optional<founder> founder_;
    std::optional<node_id> leader_;
    instant leader_heard_ = instant::min();
    primary_trail trail_;
    outliers slow_;
};

}  // namespace weir::cluster

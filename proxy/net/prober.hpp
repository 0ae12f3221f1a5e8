// prober: asks every node of one cluster what it is and where, on a thread of its own, and
// publishes what follows as snapshots; asks the primary for its position on behalf of sessions.
// Decides nothing itself (cluster/health does) and knows no session.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cluster/health.hpp"
#include "cluster/snapshot.hpp"
#include "config/config.hpp"
#include "net/node_roster.hpp"

namespace weir::net {

struct prober_settings {
    std::vector<config::node_settings> nodes;
    std::string user;
    std::string password;
    std::string database;
    milliseconds interval{100};
    milliseconds timeout{1000};
    config::node_tls_settings tls = {};  // where a node's connection string says nothing
    cluster::health_settings health = {};
    std::vector<config::listen_address> patroni = {};
    milliseconds patroni_interval{1000};
};

/// What of a prober's settings can change while it runs.
struct prober_wishes {
    std::vector<config::node_settings> nodes;
    milliseconds interval{100};
    cluster::health_settings health = {};
    bool in_use = true;  // else the cluster is not configured any more: Patroni's members are none of it, either
};

class prober {
public:
    /// Called on the prober's thread after every answer, and after a failure that changed
    /// something.
    using publish_function = std::function<void(cluster::snapshot_ptr)>;

    prober(prober_settings settings, publish_function publish);
    ~prober();  // stops and joins
    prober(const prober&) = delete;
    prober& operator=(const prober&) = delete;

    void start();
    /// Returns when the thread has ended. Questions still open then are answered with nothing, on
    /// the prober's thread; later ones are not answered.
    void stop();

    /// Thread-safe: asks the primary for its flush position; answers on the prober's thread. One
    /// question in flight; all who asked before it was sent share its answer. Nothing: no primary,
    /// or it failed.
    using position_function = std::function<void(std::optional<cluster::position>)>;
    void ask_position(position_function answer);

    /// Thread-safe: probe this node at once (a session waits for a replica). Many such wishes are one
    /// probe.
    void probe_now(node_id node);
    /// Thread-safe: a connection to this node broke, or could not be made. It is probed at once, and one
    /// failure more is enough for it to be down.
    void suspect(node_id node);
    /// Thread-safe: this replica's replay has cancelled a read.
    void note_conflict(node_id node);

    /// Thread-safe: these are the configured nodes from now on. One that was known before has its old id again,
    /// the others of them are gone.
    void use(prober_wishes wishes);

    /// Thread-safe: whether the operator keeps new work from this node. Published as every change is.
    void set_drained(node_id node, bool drained);

    /// Thread-safe. Those configured first, in their order.
    const node_roster& nodes() const;
    /// Thread-safe. Has Patroni answered, or is it not asked?
    bool knows_members() const;

    /// Thread-safe. Before the first probe: every node down, "not probed yet".
    cluster::snapshot_ptr latest() const;

private:
    struct machinery;
    std::unique_ptr<machinery> machinery_;
};

}  // namespace weir::net

#include "admin/metrics_parts.hpp"
#include "admin/tally.hpp"

namespace weir::admin {
namespace {

template <class Tell>
void for_each_node(const status::report& now, Tell tell) {
    for (const auto& cluster : now.clusters) {
        for (const auto& node : cluster.known->nodes)
            if (!node.gone) tell(cluster.name, node.address.name, node);
    }
}

void tell_roles(const status::report& now, exposition& out) {
    using cluster::role;
    out.family("weir_node_role", "gauge", "1 for the role that the node has now.");
    for_each_node(now, [&](const auto& cluster, const auto& name, const auto& node) {
        for (const auto is : {role::primary, role::replica, role::unknown}) {
            out.sample({{"cluster", cluster}, {"node", name}, {"role", to_string(is)}},
                       std::uint64_t{node.is == is});
        }
    });
}

struct connections {
    std::size_t active = 0;
    std::size_t idle = 0;
    std::size_t login = 0;
};

void tell_connections(const status::report& now, exposition& out) {
    std::map<node_key, connections> by_node;
    for_each_node(now, [&](const auto& cluster, const auto& name, const auto&) {
        by_node[{cluster, name}];  // a node without pools has none, which is a number
    });
    for (const auto& pool : now.pools) {
        auto& node = by_node[{pool.cluster, pool.node}];
        node.active += pool.servers_active;
        node.idle += pool.servers_idle;
        node.login += pool.servers_login;
    }
    out.family("weir_backends", "gauge", "Connections to nodes: active, idle, or logging in.");
    for (const auto& [key, count] : by_node) {
        const auto tell = [&, &at = key](std::string_view state, std::size_t n) {
            out.sample({{"cluster", at.first}, {"node", at.second}, {"state", state}},
                       std::uint64_t{n});
        };
        tell("active", count.active);
        tell("idle", count.idle);
        tell("login", count.login);
    }
}

}  // namespace

void tell_nodes(const status::report& now, exposition& out) {
    out.family("weir_node_up", "gauge", "1 where the node answers its probes and may be used.");
    for_each_node(now, [&](const auto& cluster, const auto& name, const auto& node) {
        out.sample({{"cluster", cluster}, {"node", name}}, std::uint64_t{node.up});
    });
    out.family("weir_node_drained", "gauge", "1 where DRAIN NODE keeps new work from the node.");
    for_each_node(now, [&](const auto& cluster, const auto& name, const auto& node) {
        out.sample({{"cluster", cluster}, {"node", name}}, std::uint64_t{node.drained});
    });
    out.family("weir_node_read_share", "gauge",
               "Part of the reads of its weight that the node gets: less in slow start and after recovery "
               "conflicts, none where it is down or slow.");
    for_each_node(now, [&](const auto& cluster, const auto& name, const auto& node) {
        const bool none = !node.up || !node.trouble.empty();
        out.sample({{"cluster", cluster}, {"node", name}}, none ? 0.0 : node.read_percent / 100.0);
    });
    out.family("weir_database_paused", "gauge", "1 for each database that PAUSE or KILL holds; * is every one.");
    if (now.paused.all) out.sample({{"cluster", "*"}, {"database", "*"}}, std::uint64_t{1});
    for (const auto& held : now.paused.databases)
        out.sample({{"cluster", held.cluster}, {"database", held.database}}, std::uint64_t{1});
    tell_roles(now, out);
    // How far a node is behind that does not answer, nobody knows: no sample, rather than an old
    // one.
    out.family("weir_node_lag_bytes", "gauge",
               "WAL that the primary has and the node has not replayed.");
    for_each_node(now, [&](const auto& cluster, const auto& name, const auto& node) {
        if (node.up)
            out.sample({{"cluster", cluster}, {"node", name}}, static_cast<double>(node.lag_bytes));
    });
    out.family("weir_node_lag_seconds", "gauge", "How old what is read on the node may be.");
    for_each_node(now, [&](const auto& cluster, const auto& name, const auto& node) {
        if (node.up)
            out.sample({{"cluster", cluster}, {"node", name}},
                       static_cast<double>(node.lag_ms) / 1e3);
    });
    tell_connections(now, out);
}

}  // namespace weir::admin

// cluster_hub: one cluster for all workers: its prober, its addresses, its last snapshot. Shared and
// immutable but for what the prober publishes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "net/prober.hpp"

namespace weir::net {

struct cluster_hub {
    cluster_hub(const config::cluster_settings& from, const config::node_tls_settings& tls,
                prober::publish_function publish)
        : settings(from),
          probes({from.nodes, from.probe_user, from.probe_password, from.probe_database,
                  from.probe_interval, from.probe_timeout, tls, from.health, from.patroni, from.patroni_interval},
                 std::move(publish)) {}

    const config::node_settings& node(node_id id) const { return probes.nodes()[id]; }
    const cluster::node_address& address(node_id id) const { return node(id).address; }

    const config::cluster_settings settings;
    prober probes;
};

}  // namespace weir::net

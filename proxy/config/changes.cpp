#include "config/changes.hpp"

#include <algorithm>
#include <string_view>

#include "config/inventory.hpp"

namespace weir::config {
namespace {

class notes {
public:
    void reloaded(bool same, const std::string& what) {
        if (!same) lines.push_back(what + ": changed");
    }
    void restarted(bool same, const std::string& what) {
        if (!same) lines.push_back(what + ": changed, takes effect after a restart");
    }

    std::vector<std::string> lines;
};

const cluster_settings* find_cluster(const config& in, std::string_view name) {
    const auto at = std::find_if(in.clusters.begin(), in.clusters.end(), [&](const auto& c) { return c.name == name; });
    return at == in.clusters.end() ? nullptr : &*at;
}

void note_server(notes& to, const server_settings& a, const server_settings& b) {
    to.reloaded(a.listen == b.listen, "server.listen");
    to.restarted(a.workers == b.workers, "server.workers");
    to.restarted(a.peer_id == b.peer_id, "server.peer_id");
    to.reloaded(a.http == b.http, "server.http");
    to.restarted(a.handover == b.handover, "server.handover");
    to.restarted(a.user == b.user, "server.user");
    to.reloaded(a.http_token == b.http_token, "server.http_token");
    to.reloaded(a.max_logging_in == b.max_logging_in, "server.max_logging_in");
    to.reloaded(a.max_logging_in_per_address == b.max_logging_in_per_address, "server.max_logging_in_per_address");
    to.reloaded(a.failed_login_delay == b.failed_login_delay, "server.failed_login_delay_ms");
    to.reloaded(a.cancels_per_second == b.cancels_per_second, "server.cancels_per_second");
    to.restarted(a.verdict_cache_bytes == b.verdict_cache_bytes, "server.verdict_cache_bytes");
    to.restarted(a.catalog_cache_bytes == b.catalog_cache_bytes, "server.catalog_cache_bytes");
    to.restarted(a.parse_limit_bytes == b.parse_limit_bytes, "server.parse_limit_bytes");
    to.reloaded(a.max_clients == b.max_clients, "server.max_clients");
    to.reloaded(a.peers == b.peers, "server.peers");
    to.reloaded(a.max_buffer_bytes == b.max_buffer_bytes, "server.max_buffer_bytes");
    to.reloaded(a.cycle_limit_bytes == b.cycle_limit_bytes, "server.cycle_limit_bytes");
    to.reloaded(a.prepared_per_backend == b.prepared_per_backend, "server.prepared_per_backend");
    to.reloaded(a.login_timeout == b.login_timeout, "server.login_timeout_ms");
    to.reloaded(a.client_idle_timeout == b.client_idle_timeout, "server.client_idle_timeout_ms");
    to.reloaded(a.idle_in_transaction_timeout == b.idle_in_transaction_timeout, "server.idle_in_transaction_timeout_ms");
    to.reloaded(a.query_timeout == b.query_timeout, "server.query_timeout_ms");
    to.reloaded(a.drain_timeout == b.drain_timeout, "server.drain_timeout_ms");
    to.reloaded(a.drain_delay == b.drain_delay, "server.drain_delay_ms");
    to.reloaded(a.handover_wait == b.handover_wait, "server.handover_wait_ms");
}

void note_cluster(notes& to, const cluster_settings& a, const cluster_settings& b) {
    const std::string name = "cluster." + b.name + ".";
    to.reloaded(a.nodes == b.nodes, name + "nodes");
    to.reloaded(a.health == b.health, "cluster." + b.name);
    to.reloaded(a.probe_interval == b.probe_interval, name + "probe_interval_ms");
    to.restarted(a.probe_user == b.probe_user, name + "probe_user");
    to.restarted(a.probe_password == b.probe_password, name + "probe_password");
    to.restarted(a.probe_database == b.probe_database, name + "probe_database");
    to.restarted(a.probe_timeout == b.probe_timeout, name + "probe_timeout_ms");
    to.restarted(a.catalog_probe == b.catalog_probe, name + "catalog_probe_ms");
    to.restarted(a.patroni == b.patroni, name + "patroni");
    to.restarted(a.patroni_interval == b.patroni_interval, name + "patroni_interval_ms");
}

void note_clusters(notes& to, const config& running, const config& fresh) {
    for (const auto& c : fresh.clusters) {
        if (const auto* before = find_cluster(running, c.name))
            note_cluster(to, *before, c);
        else
            to.lines.push_back("cluster." + c.name + ": added");
    }
    for (const auto& c : running.clusters)
        if (find_cluster(fresh, c.name) == nullptr) to.lines.push_back("cluster." + c.name + ": removed");
}

/// "cluster.main.probe_user" of a cluster that is in both: as it runs.
bool stays(std::string_view key, const config& running, const config& fresh) {
    if (!takes_restart(key)) return false;
    constexpr std::string_view of_cluster = "cluster.";
    if (!key.starts_with(of_cluster)) return true;
    const auto name = key.substr(of_cluster.size(), key.rfind('.') - of_cluster.size());
    return find_cluster(running, name) != nullptr && find_cluster(fresh, name) != nullptr;
}

void keep_said(config& fresh, const config& running) {
    std::vector<said_value> values;
    const auto find = [](const std::vector<said_value>& in, const std::string& key) {
        return std::find_if(in.begin(), in.end(), [&](const said_value& one) { return one.key == key; });
    };
    const auto& before = running.said.values;
    for (const auto& one : fresh.said.values) {
        if (!stays(one.key, running, fresh))
            values.push_back(one);
        else if (const auto was = find(before, one.key); was != before.end())
            values.push_back(*was);
    }
    for (const auto& one : before)
        if (stays(one.key, running, fresh) && find(values, one.key) == values.end()) values.push_back(one);
    fresh.said.values = std::move(values);
}

}  // namespace

std::vector<std::string> describe_changes(const config& running, const config& fresh) {
    notes found;
    note_server(found, running.server, fresh.server);
    note_clusters(found, running, fresh);
    found.reloaded(running.auth == fresh.auth, "auth");
    found.reloaded(running.databases == fresh.databases, "database");
    found.reloaded(running.user_overrides == fresh.user_overrides, "user");
    found.reloaded(running.pool == fresh.pool, "pool");
    found.reloaded(running.routing == fresh.routing, "routing");
    found.reloaded(running.rules == fresh.rules, "rule");
    found.reloaded(running.tls_client == fresh.tls_client, "tls.client");
    found.reloaded(running.tls_server == fresh.tls_server, "tls.server");
    found.reloaded(running.log == fresh.log, "log");
    return found.lines;
}

void keep_what_takes_restart(config& fresh, const config& running) {
    keep_said(fresh, running);
    fresh.server.workers = running.server.workers;
    fresh.server.peer_id = running.server.peer_id;
    fresh.server.handover = running.server.handover;
    fresh.server.user = running.server.user;
    fresh.server.verdict_cache_bytes = running.server.verdict_cache_bytes;
    fresh.server.catalog_cache_bytes = running.server.catalog_cache_bytes;
    fresh.server.parse_limit_bytes = running.server.parse_limit_bytes;
    for (auto& c : fresh.clusters) {
        const auto* was = find_cluster(running, c.name);
        if (was == nullptr) continue;
        c.probe_user = was->probe_user;
        c.probe_password = was->probe_password;
        c.probe_database = was->probe_database;
        c.probe_timeout = was->probe_timeout;
        c.catalog_probe = was->catalog_probe;
        c.patroni = was->patroni;
        c.patroni_interval = was->patroni_interval;
    }
}

}  // namespace weir::config

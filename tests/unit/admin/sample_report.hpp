// A report as a running Weir might give it, and a control that hands it out: what admin is tested
// with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "status/admin_port.hpp"

namespace weir::admin::testing {

inline cluster::node_state node_of(std::uint16_t index, cluster::role is, std::uint64_t lsn_value) {
    cluster::node_state node;
    node.id = node_id{index};
    node.address.name = "node" + std::to_string(index);
    node.address.host = "10.0.0." + std::to_string(index);
    node.address.port = static_cast<std::uint16_t>(5432 + index);
    node.is = is;
    node.up = true;
    node.known = {7000, 3, lsn{lsn_value}};
    node.server_version = 150020;
    return node;
}

inline status::cluster_report cluster_of(std::string name, std::vector<cluster::node_state> nodes) {
    auto known = std::make_shared<cluster::snapshot>();
    known->nodes = std::move(nodes);
    for (const auto& node : known->nodes)
        if (node.is == cluster::role::primary && node.up) known->primary = node.id;
    return {std::move(name), known};
}

inline status::traffic_report traffic_of(std::string database, std::string node) {
    status::traffic_report part;
    part.cluster = "main";
    part.database = std::move(database);
    part.node = std::move(node);
    return part;
}

inline void count(status::traffic_report& part, routing::reason why, std::uint64_t times) {
    part.by_reason[static_cast<std::size_t>(why)] += times;
}

/// A primary, a replica 4096 bytes and 1500 ms behind, and one that is down; a little of
/// everything.
inline status::report sample_report() {
    using cluster::role;
    status::report now;
    now.version = "1.2.3";
    now.uptime = std::chrono::seconds(100);
    now.taken_at_us = 1'700'000'000'000'000;  // 2023-11-14 22:13:20 UTC
    now.workers = 2;
    now.clients = 10;
    now.max_clients = 1000;
    now.reloads = 3;
    now.reloads_refused = 1;

    auto behind = node_of(1, role::replica, 0x16'b374'd848);
    behind.lag_bytes = 4096;
    behind.lag_ms = 1500;
    auto down = node_of(2, role::replica, 0x16'b300'0000);
    down.up = false;
    down.trouble = "connection refused";
    down.lag_bytes = 77;
    now.clusters.push_back(
        cluster_of("main", {node_of(0, role::primary, 0x16'b374'e848), behind, down}));

    auto on_primary = traffic_of("shop", "node0");
    count(on_primary, routing::reason::not_read_only, 4);
    count(on_primary, routing::reason::replica_lost, 2);
    on_primary.writes[0] = 4;
    on_primary.reads[0] = 2;
    for (int i = 0; i < 6; ++i) on_primary.seconds[0].add(milliseconds(3));
    auto on_replica = traffic_of("shop", "node1");
    count(on_replica, routing::reason::read, 9);
    on_replica.reads[1] = 9;
    for (int i = 0; i < 9; ++i) on_replica.seconds[1].add(milliseconds(1));
    now.traffic = {on_primary, on_replica};

    status::pool_report pool{"main", "node0", "shop", "app"};
    pool.clients_active = 2;
    pool.clients_waiting = 1;
    pool.servers_active = 2;
    pool.servers_idle = 3;
    pool.servers_login = 1;
    pool.limit = 20;
    pool.longest_wait = std::chrono::microseconds(2'000'345);
    now.pools = {pool};
    now.databases = {{"*", "", "main", "transaction", 20},
                     {"reports", "shop_dw", "main", "session", 5}};

    now.sums.clients_accepted = 50;
    now.sums.bytes_to_clients = 123456;
    now.sums.answered_locally = 8;
    now.sums.waits[0].add(milliseconds(20));
    now.sums.pins["LISTEN"] = 1;
    now.sums.rule_hits["reports"] = 0;
    now.rules.push_back({"reports", "live", "user = analytics", "route = replicas", "", {}});
    now.digests.push_back({"5b830951ed63fb60e5792256421b581f", "select ?", 1, 9, 0, 0});
    return now;
}

inline status::client_report sample_client() {
    status::client_report client;
    client.user = "app";
    client.database = "shop";
    client.application_name = "psql";
    client.address = "192.0.2.7:50123";
    client.state = "active";
    client.node = "node0";
    client.in_transaction = true;
    client.pid = 4194321;
    client.age = std::chrono::seconds(20);
    client.pinned = {{"LISTEN", std::chrono::seconds(3), "0123"}};
    return client;
}

/// Something of all that is told of the past, of connections and of the configuration.
inline void add_past(status::report& to) {
    status::server_report server;
    server.user = "ann";
    server.node = "a";
    server.client_pid = 7;
    to.servers.push_back(server);
    to.settings.push_back({"pool.size", "30", "20"});
    to.events.push_back({1, "cluster", "main: a is primary"});
    to.reloads_lately.push_back({1, true, {"pool: changed"}, {"- pool.size = 20", "+ pool.size = 30"}});
    status::database_traffic waits{"main", "shop", 100};
    waits.queue_seconds = 60;
    to.database_sums.push_back(waits);
}

class fake_control final : public status::control {
public:
    int forgotten = 0;
    int digests_forgotten = 0;
    fake_control() : now(sample_report()) {}

    status::report gather(status::extent with) override {
        ++gathered;
        auto told = now;
        if (!with.clients) told.clients_list.clear();
        if (!with.digests) told.digests.clear();
        if (!with.servers) told.servers.clear();
        if (!with.settings) told.settings.clear();
        if (!with.past) {
            told.events.clear();
            told.reloads_lately.clear();
        }
        told.has_digests = with.digests;
        return told;
    }
    result<void> set(const std::string& key, const std::string& value) override { return told("set " + key + "=" + value); }
    void forget_learned() override { ++forgotten; }
    void forget_digests() override { ++digests_forgotten; }
    result<status::table> explain(const std::string& statement, const std::string& user,
                                  const std::string& database) override {
        if (refuses) return *refuses;
        return status::table{{"item", "value"}, {{"statement", statement}, {"who", user + "@" + database}}};
    }
    result<std::vector<std::string>> reload() override {
        ++reloaded;
        return reload_answer;
    }

    result<bool> pause(const std::string& database) override { return told("pause " + database, true); }
    result<void> resume(const std::string& database) override { return told("resume " + database); }
    result<bool> drain(const std::string& node) override { return told("drain " + node, true); }
    result<void> undrain(const std::string& node) override { return told("undrain " + node); }
    result<std::size_t> kill(const std::string& database) override {
        return told<std::size_t>("kill " + database, 3);
    }
    result<void> kill_client(std::uint32_t pid) override { return told("client " + std::to_string(pid)); }

    std::vector<std::string> held;  // what it was told of pauses and the like
    std::optional<fault> refuses;   // to do any of it
    status::report now;  // what it tells
    result<std::vector<std::string>> reload_answer = std::vector<std::string>{};
    int gathered = 0;
    int reloaded = 0;

private:
    template <class Value>
    result<Value> told(std::string what, Value answer) {
        held.push_back(std::move(what));
        if (refuses) return *refuses;
        return answer;
    }
    result<void> told(std::string what) {
        held.push_back(std::move(what));
        if (refuses) return *refuses;
        return {};
    }
};

}  // namespace weir::admin::testing

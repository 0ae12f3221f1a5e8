// The tables: PgBouncer's columns where they were, ours behind them, and what stands in them.
#include "admin/show.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "unit/admin/sample_report.hpp"

namespace weir::admin {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using testing::sample_client;
using testing::sample_report;
using ::testing::UnorderedElementsAre;

using row = std::map<std::string, std::optional<std::string>>;
using words = std::vector<std::string>;

row nth(const status::table& from, std::size_t index) {
    row found;
    for (std::size_t i = 0; i < from.columns.size(); ++i)
        found[from.columns[i]] = from.rows.at(index).at(i);
    return found;
}

words first_columns(const status::table& from, std::size_t count) {
    return {from.columns.begin(), from.columns.begin() + static_cast<std::ptrdiff_t>(count)};
}

// As PgBouncer 1.18.0 was seen to answer.
const words pgbouncer_pools = {"database",
                               "user",
                               "cl_active",
                               "cl_waiting",
                               "cl_active_cancel_req",
                               "cl_waiting_cancel_req",
                               "sv_active",
                               "sv_active_cancel",
                               "sv_being_canceled",
                               "sv_idle",
                               "sv_used",
                               "sv_tested",
                               "sv_login",
                               "maxwait",
                               "maxwait_us",
                               "pool_mode"};
const words pgbouncer_clients = {
    "type",         "user",       "database",     "state",        "addr", "port",
    "local_addr",   "local_port", "connect_time", "request_time", "wait", "wait_us",
    "close_needed", "ptr",        "link",         "remote_pid",   "tls",  "application_name"};
const words pgbouncer_stats = {
    "database",        "total_xact_count", "total_query_count", "total_received", "total_sent",
    "total_xact_time", "total_query_time", "total_wait_time",   "avg_xact_count", "avg_query_count",
    "avg_recv",        "avg_sent",         "avg_xact_time",     "avg_query_time", "avg_wait_time"};
const words pgbouncer_databases = {"name",
                                   "host",
                                   "port",
                                   "database",
                                   "force_user",
                                   "pool_size",
                                   "min_pool_size",
                                   "reserve_pool",
                                   "pool_mode",
                                   "max_connections",
                                   "current_connections",
                                   "paused",
                                   "disabled"};

TEST(show, pgbouncers_columns_come_first) {
    const auto now = sample_report();
    EXPECT_EQ(first_columns(show_pools(now), pgbouncer_pools.size()), pgbouncer_pools);
    EXPECT_EQ(first_columns(show_clients(now), pgbouncer_clients.size()), pgbouncer_clients);
    EXPECT_EQ(first_columns(show_stats(now), pgbouncer_stats.size()), pgbouncer_stats);
    EXPECT_EQ(first_columns(show_databases(now), pgbouncer_databases.size()), pgbouncer_databases);
    EXPECT_THAT(show_lists(now).columns, ElementsAre("list", "items"));
    EXPECT_THAT(show_version(now).columns, ElementsAre("version"));
}

TEST(show, no_table_has_two_columns_of_one_name) {
    const auto now = sample_report();
    for (const auto& told : {show_nodes(now), show_routes(now), show_pools(now), show_clients(now),
                             show_stats(now), show_databases(now)}) {
        auto names = told.columns;
        std::sort(names.begin(), names.end());
        EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
    }
}

TEST(show, nodes) {
    const auto told = show_nodes(sample_report());
    ASSERT_EQ(told.rows.size(), 3u);
    auto primary = nth(told, 0);
    EXPECT_EQ(primary["cluster"], "main");
    EXPECT_EQ(primary["node"], "node0");
    EXPECT_EQ(primary["host"], "10.0.0.0");
    EXPECT_EQ(primary["port"], "5432");
    EXPECT_EQ(primary["role"], "primary");
    EXPECT_EQ(primary["state"], "up");
    EXPECT_EQ(primary["timeline"], "3");
    EXPECT_EQ(primary["lag_bytes"], "0");
    EXPECT_EQ(primary["trouble"], "");
    EXPECT_EQ(primary["reads"], "2");
    EXPECT_EQ(primary["writes"], "4");
    EXPECT_EQ(primary["connections"], "6");
    EXPECT_EQ(primary["server_version"], "150020");
    auto replica = nth(told, 1);
    EXPECT_EQ(replica["role"], "replica");
    EXPECT_EQ(replica["position"], "16/B374D848");
    EXPECT_EQ(replica["lag_bytes"], "4096");
    EXPECT_EQ(replica["lag_ms"], "1500");
    EXPECT_EQ(replica["reads"], "9");
}

TEST(show, the_lag_of_a_node_that_is_down_is_not_known) {
    auto down = nth(show_nodes(sample_report()), 2);
    EXPECT_EQ(down["state"], "down");
    EXPECT_EQ(down["trouble"], "connection refused");
    EXPECT_EQ(down["lag_bytes"], std::nullopt);
    EXPECT_EQ(down["lag_ms"], std::nullopt);
    EXPECT_EQ(down["position"], "16/B3000000") << "where it was last seen";
}

TEST(show, a_node_never_seen_has_no_position) {
    auto now = sample_report();
    cluster::node_state never;
    never.address.name = "new";
    never.trouble = "not probed yet";
    now.clusters = {testing::cluster_of("main", {never})};
    auto told = nth(show_nodes(now), 0);
    EXPECT_EQ(told["role"], "unknown");
    for (const auto* column : {"timeline", "position", "lag_bytes", "lag_ms", "server_version"})
        EXPECT_EQ(told[column], std::nullopt) << column;
}

TEST(show, routes) {
    const auto told = show_routes(sample_report());
    EXPECT_THAT(told.columns, ElementsAre("cluster", "database", "node", "role", "reason",
                                          "explanation", "count"));
    ASSERT_EQ(told.rows.size(), 4u) << "nothing is said of what never happened";
    auto first = nth(told, 0);
    EXPECT_EQ(first["database"], "shop");
    EXPECT_EQ(first["node"], "node0");
    EXPECT_EQ(first["role"], "primary");
    EXPECT_EQ(first["reason"], "not_read_only");
    EXPECT_EQ(first["explanation"], "the statement is not proved read-only");
    EXPECT_EQ(first["count"], "4");
    EXPECT_EQ(nth(told, 1)["reason"], "replica_lost");
    EXPECT_EQ(nth(told, 2)["role"], "replica");
    auto local = nth(told, 3);
    EXPECT_EQ(local["role"], "none");
    EXPECT_EQ(local["reason"], "local");
    EXPECT_EQ(local["count"], "8");
}

TEST(show, what_a_rule_refused_is_a_route_of_no_node) {
    auto now = sample_report();
    now.sums.rejected = 3;
    now.sums.rate_limited = 4;
    const auto told = show_routes(now);
    ASSERT_EQ(told.rows.size(), 6u);
    auto rejected = nth(told, 4);
    EXPECT_EQ(rejected["reason"], "rule_reject");
    EXPECT_EQ(rejected["role"], "none");
    EXPECT_EQ(rejected["count"], "3");
    EXPECT_EQ(nth(told, 5)["reason"], "rate_limited");
    EXPECT_EQ(nth(told, 5)["count"], "4");
}

TEST(show, rules) {
    status::report now;
    now.rules.push_back({"watch", "shadow", "table = t", "route = primary", "why", {}});
    now.rules.back().counts.hits = 7;
    now.rules.back().counts.to_primary = 5;
    now.rules.push_back({"no", "live", "everything", "route = reject", "", {}});
    now.rules.back().counts.refused = 2;
    const auto told = show_rules(now);
    ASSERT_EQ(told.rows.size(), 2u) << "in the order of the configuration";
    auto watch = nth(told, 0);
    EXPECT_EQ(watch["rule"], "watch");
    EXPECT_EQ(watch["mode"], "shadow");
    EXPECT_EQ(watch["matches"], "table = t");
    EXPECT_EQ(watch["does"], "route = primary");
    EXPECT_EQ(watch["hits"], "7");
    EXPECT_EQ(watch["would_go_to_primary"], "5");
    EXPECT_EQ(watch["would_be_refused"], "0");
    EXPECT_EQ(watch["comment"], "why");
    EXPECT_EQ(nth(told, 1)["refused"], "2");
}

TEST(show, digests_the_most_called_first) {
    status::report now;
    now.digests.push_back({"aa", "select ?", 1, 2, 1, 0});
    now.digests.push_back({"bb", "", 10, 20, 0, 30});
    const auto told = show_digests(now);
    ASSERT_EQ(told.rows.size(), 2u);
    auto first = nth(told, 0);
    EXPECT_EQ(first["digest"], "bb");
    EXPECT_EQ(first["calls"], "60");
    EXPECT_EQ(first["text"], std::nullopt) << "literals cannot be told from it";
    auto second = nth(told, 1);
    EXPECT_EQ(second["text"], "select ?");
    EXPECT_EQ(second["on_primary"], "1");
    EXPECT_EQ(second["on_replica"], "2");
    EXPECT_EQ(second["repeated"], "1");
}

TEST(show, pools) {
    auto told = nth(show_pools(sample_report()), 0);
    EXPECT_EQ(told["database"], "shop");
    EXPECT_EQ(told["user"], "app");
    EXPECT_EQ(told["cl_active"], "2");
    EXPECT_EQ(told["cl_waiting"], "1");
    EXPECT_EQ(told["sv_active"], "2");
    EXPECT_EQ(told["sv_idle"], "3");
    EXPECT_EQ(told["sv_login"], "1");
    EXPECT_EQ(told["maxwait"], "2");
    EXPECT_EQ(told["maxwait_us"], "345");
    EXPECT_EQ(told["pool_mode"], "transaction");
    EXPECT_EQ(told["cluster"], "main");
    EXPECT_EQ(told["node"], "node0");
    EXPECT_EQ(told["size"], "20");
}

TEST(show, pins_one_row_for_each_reason) {
    status::report now;
    now.clients_list.push_back({});
    auto& client = now.clients_list.back();
    client.user = "ann";
    client.node = "node0";
    client.pid = 77;
    client.pinned = {{"a temporary table", std::chrono::seconds(90), "0123"}, {"LISTEN", std::chrono::seconds(1), "4567"}};
    const auto told = show_pins(now);
    ASSERT_EQ(told.rows.size(), 2u);
    auto first = nth(told, 0);
    EXPECT_EQ(first["user"], "ann");
    EXPECT_EQ(first["ptr"], "77");
    EXPECT_EQ(first["reason"], "a temporary table");
    EXPECT_EQ(first["seconds"], "90");
    EXPECT_EQ(first["digest"], "0123");
    EXPECT_EQ(nth(told, 1)["reason"], "LISTEN");
    EXPECT_TRUE(show_pins({}).rows.empty());
}

TEST(show, stats) {
    auto now = sample_report();
    status::database_traffic sums{"main", "shop", 5, 1000, 50, 0.5};
    now.database_sums = {sums, {"other", "shop", 7, 2000, 50, 1.0}, {"main", "not shop", 100, 1, 1, 9}};
    const auto told = show_stats(now);
    ASSERT_EQ(told.rows.size(), 1u);
    auto shop = nth(told, 0);
    EXPECT_EQ(shop["database"], "shop");
    EXPECT_EQ(shop["total_query_count"], "15");
    EXPECT_EQ(shop["total_query_time"], "27000");
    EXPECT_EQ(shop["avg_query_time"], "1800");
    EXPECT_EQ(shop["total_xact_count"], "12");
    EXPECT_EQ(shop["total_received"], "3000");
    EXPECT_EQ(shop["total_wait_time"], "1500000");
    EXPECT_EQ(shop["avg_wait_time"], "125000");
    EXPECT_EQ(shop["reads_primary"], "2");
    EXPECT_EQ(shop["reads_replica"], "9");
    EXPECT_EQ(shop["writes"], "4");
}

TEST(show, databases_configured_and_in_use) {
    const auto told = show_databases(sample_report());
    ASSERT_EQ(told.rows.size(), 2u);
    auto reports = nth(told, 0);
    EXPECT_EQ(reports["name"], "reports");
    EXPECT_EQ(reports["database"], "shop_dw");
    EXPECT_EQ(reports["host"], "10.0.0.0");
    EXPECT_EQ(reports["port"], "5432");
    EXPECT_EQ(reports["pool_size"], "5");
    EXPECT_EQ(reports["pool_mode"], "session");
    EXPECT_EQ(reports["current_connections"], "0");
    auto shop = nth(told, 1);
    EXPECT_EQ(shop["name"], "shop");
    EXPECT_EQ(shop["current_connections"], "6");
}

TEST(show, databases_that_are_paused) {
    auto now = sample_report();
    now.paused.databases = {{"main", "shop_dw"}, {"main", "fresh"}};
    const auto told = show_databases(now);
    ASSERT_EQ(told.rows.size(), 3u);
    EXPECT_EQ(nth(told, 0)["paused"], "1") << "by its name at the nodes";
    EXPECT_EQ(nth(told, 1)["paused"], "0");
    EXPECT_EQ(nth(told, 2)["name"], "fresh") << "in use by nobody yet";
    EXPECT_EQ(nth(told, 2)["paused"], "1");
    now.paused = {};
    now.paused.all = true;
    EXPECT_EQ(nth(show_databases(now), 1)["paused"], "1");
}

TEST(show, nodes_that_are_drained) {
    auto now = sample_report();
    EXPECT_EQ(nth(show_nodes(now), 0)["drained"], "no");
    auto node = testing::node_of(0, cluster::role::primary, 1);
    node.drained = true;
    now.clusters = {testing::cluster_of("main", {node})};
    EXPECT_EQ(nth(show_nodes(now), 0)["drained"], "yes");
}

TEST(show, nodes_with_a_part_of_their_reads_and_none_that_has_gone) {
    auto now = sample_report();
    auto known = std::make_shared<cluster::snapshot>(*now.clusters.at(0).known);
    now.clusters.at(0).known = known;
    EXPECT_EQ(nth(show_nodes(now), 0)["read_percent"], "100");
    EXPECT_EQ(nth(show_nodes(now), 0)["read_limit"], "");
    known->nodes.at(0).read_percent = 30;
    known->nodes.at(0).read_limit = cluster::share_limit::slow_start;
    EXPECT_EQ(nth(show_nodes(now), 0)["read_percent"], "30");
    EXPECT_EQ(nth(show_nodes(now), 0)["read_limit"], "slow start");
    const auto rows = show_nodes(now).rows.size();
    known->nodes.at(0).gone = true;
    EXPECT_EQ(show_nodes(now).rows.size(), rows - 1);
}

TEST(show, a_database_without_a_primary_has_no_host) {
    auto now = sample_report();
    now.clusters = {testing::cluster_of("main", {testing::node_of(0, cluster::role::replica, 1)})};
    auto told = nth(show_databases(now), 0);
    EXPECT_EQ(told["host"], std::nullopt);
    EXPECT_EQ(told["port"], std::nullopt);
}

TEST(show, clients) {
    auto now = sample_report();
    now.clients_list = {sample_client()};
    auto told = nth(show_clients(now), 0);
    EXPECT_EQ(told["type"], "C");
    EXPECT_EQ(told["user"], "app");
    EXPECT_EQ(told["state"], "active");
    EXPECT_EQ(told["addr"], "192.0.2.7");
    EXPECT_EQ(told["port"], "50123");
    EXPECT_EQ(told["local_addr"], std::nullopt);
    EXPECT_EQ(told["connect_time"], "2023-11-14 22:13:00 UTC");
    EXPECT_EQ(told["request_time"], std::nullopt);
    EXPECT_EQ(told["ptr"], "4194321");
    EXPECT_EQ(told["tls"], "");
    EXPECT_EQ(told["application_name"], "psql");
    EXPECT_EQ(told["node"], "node0");
    EXPECT_EQ(told["in_transaction"], "yes");
}

TEST(show, clients_wherever_they_come_from) {
    auto now = sample_report();
    now.taken_at_us = 0;
    auto client = sample_client();
    client.address = "unix";
    client.local_address = "[::1]:6432";
    client.encrypted = true;
    now.clients_list = {client};
    auto told = nth(show_clients(now), 0);
    EXPECT_EQ(told["addr"], "unix");
    EXPECT_EQ(told["port"], "0");
    EXPECT_EQ(told["local_addr"], "::1");
    EXPECT_EQ(told["local_port"], "6432");
    EXPECT_EQ(told["tls"], "TLS");
    EXPECT_EQ(told["connect_time"], std::nullopt);
}

TEST(show, what_clients_make_up_is_told_as_utf_8) {
    auto now = sample_report();
    auto client = sample_client();
    client.application_name = "caf\xe9";
    now.clients_list = {client};
    EXPECT_EQ(nth(show_clients(now), 0)["application_name"], "caf?");
}

TEST(show, lists) {
    auto now = sample_report();
    auto newcomer = sample_client();
    newcomer.user = "";
    newcomer.state = "login";
    now.clients_list = {sample_client(), newcomer};
    std::map<std::string, std::string> told;
    const auto lists = show_lists(now);
    for (const auto& one : lists.rows) told[*one.at(0)] = *one.at(1);
    EXPECT_THAT(
        told, UnorderedElementsAre(Pair("databases", "2"), Pair("users", "1"), Pair("pools", "1"),
                                   Pair("used_clients", "10"), Pair("login_clients", "1"),
                                   Pair("free_servers", "3"), Pair("used_servers", "2"),
                                   Pair("clusters", "1"), Pair("nodes", "3"), Pair("workers", "2"),
                                   Pair("max_clients", "1000")));
}

}  // namespace
}  // namespace weir::admin

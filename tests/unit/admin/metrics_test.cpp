// /metrics: well-formed whatever is in the report, every metric of the contract, and bounded
// labels.
#include "admin/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/exposition.hpp"
#include "admin/tally.hpp"
#include "unit/admin/metrics_page.hpp"
#include "unit/admin/sample_report.hpp"

namespace weir::admin {
namespace {

using testing::count;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::label_map;
using testing::metrics_page;
using testing::sample_report;

metrics_page page_of(const status::report& now) {
    metrics_page page(metrics_text(now));
    EXPECT_THAT(page.complaints(), IsEmpty());
    return page;
}

TEST(exposition, text_as_prometheus_documents_it) {
    exposition out;
    out.family("a_total", "counter", "Back\\slash and\nline.");
    out.sample({}, std::uint64_t{18446744073709551615u});
    out.family("b", "gauge", "Quotes \" stay.");
    out.sample({{"x", "1\"2\\3\n4"}, {"y", ""}}, -0.5);
    EXPECT_EQ(out.take(),
              "# HELP a_total Back\\\\slash and\\nline.\n"
              "# TYPE a_total counter\n"
              "a_total 18446744073709551615\n"
              "# HELP b Quotes \" stay.\n"
              "# TYPE b gauge\n"
              "b{x=\"1\\\"2\\\\3\\n4\",y=\"\"} -0.5\n");
}

TEST(exposition, numbers_have_no_exponent_and_lose_nothing) {
    exposition out;
    out.family("x", "gauge", "Numbers.");
    for (const double value : {0.0, 1e-7, 1e20, 0.1, 1.0 / 3.0}) out.sample({}, value);
    EXPECT_EQ(
        out.take(),
        "# HELP x Numbers.\n# TYPE x gauge\nx 0\nx 0.0000001\nx 100000000000000000000\nx 0.1\n"
        "x 0.3333333333333333\n");
}

TEST(exposition, a_histogram_adds_up) {
    histogram h;
    h.add(std::chrono::microseconds(50));
    h.add(std::chrono::microseconds(100));  // a bound belongs to its bucket
    h.add(milliseconds(2));
    h.add(std::chrono::seconds(100));
    exposition out;
    out.family("h", "histogram", "Durations.");
    out.sample({{"k", "v"}}, h);
    const metrics_page page(out.take());
    EXPECT_THAT(page.complaints(), IsEmpty());
    EXPECT_EQ(page.value("h_bucket", {{"le", "0.0001"}}), 2);
    EXPECT_EQ(page.value("h_bucket", {{"le", "0.001"}}), 2);
    EXPECT_EQ(page.value("h_bucket", {{"le", "0.0025"}}), 3);
    EXPECT_EQ(page.value("h_bucket", {{"le", "30"}}), 3);
    EXPECT_EQ(page.value("h_bucket", {{"le", "+Inf"}, {"k", "v"}}), 4);
    EXPECT_EQ(page.value("h_count", {{"k", "v"}}), 4);
    EXPECT_NEAR(*page.value("h_sum"), 100.00215, 1e-9);
}

TEST(metrics, every_one_of_the_contract_is_there_also_before_anything_happened) {
    for (const auto& now : {sample_report(), status::report{}}) {
        const auto page = page_of(now);
        const std::map<std::string, std::string> contract = {
            {"weir_queries_total", "counter"},   {"weir_query_seconds", "histogram"},
            {"weir_wait_seconds", "histogram"},  {"weir_clients", "gauge"},
            {"weir_backends", "gauge"},          {"weir_node_lag_bytes", "gauge"},
            {"weir_node_lag_seconds", "gauge"},  {"weir_node_up", "gauge"},
            {"weir_node_role", "gauge"},         {"weir_pins", "gauge"},
            {"weir_rule_hits_total", "counter"}, {"weir_retries_total", "counter"},
            {"weir_bytes_total", "counter"},     {"weir_build_info", "gauge"}};
        for (const auto& [name, type] : contract) {
            ASSERT_TRUE(page.types().contains(name)) << name;
            EXPECT_EQ(page.types().at(name), type) << name;
        }
    }
}

TEST(metrics, queries_by_node_and_reason) {
    const auto page = page_of(sample_report());
    const label_map write{{"cluster", "main"},
                          {"database", "shop"},
                          {"node", "node0"},
                          {"role", "primary"},
                          {"reason", "not_read_only"}};
    EXPECT_EQ(page.value("weir_queries_total", write), 4);
    EXPECT_EQ(page.value("weir_queries_total", {{"role", "replica"}, {"reason", "read"}}), 9);
    EXPECT_EQ(page.value("weir_queries_total", {{"reason", "local"}}), 8);
    EXPECT_EQ(page.value("weir_query_seconds_count", {{"role", "replica"}}), 9);
    EXPECT_EQ(page.value("weir_query_seconds_bucket", {{"role", "primary"}, {"le", "+Inf"}}), 6);
    EXPECT_THAT(page.all("weir_query_seconds_count"), ::testing::SizeIs(2))
        << "none for roles that a node never had";
}

TEST(metrics, every_reason_has_a_role) {
    for (std::size_t i = 0; i < routing::reason_count; ++i) {
        const auto role = role_by(static_cast<routing::reason>(i));
        EXPECT_TRUE(role == "primary" || role == "replica" || role == "none") << i;
    }
}

TEST(metrics, nodes) {
    const auto page = page_of(sample_report());
    EXPECT_EQ(page.value("weir_node_up", {{"cluster", "main"}, {"node", "node1"}}), 1);
    EXPECT_EQ(page.value("weir_node_up", {{"node", "node2"}}), 0);
    EXPECT_EQ(page.value("weir_node_lag_bytes", {{"node", "node1"}}), 4096);
    EXPECT_EQ(page.value("weir_node_lag_seconds", {{"node", "node1"}}), 1.5);
    EXPECT_EQ(page.value("weir_node_lag_bytes", {{"node", "node0"}}), 0);
    EXPECT_EQ(page.value("weir_node_lag_bytes", {{"node", "node2"}}), std::nullopt)
        << "nobody knows how far behind it is";
    EXPECT_EQ(page.value("weir_node_requests_total",
                         {{"node", "node0"}, {"role", "primary"}, {"kind", "write"}}),
              4);
}

TEST(metrics, each_node_has_one_role) {
    const auto page = page_of(sample_report());
    for (const auto* node : {"node0", "node1", "node2"}) {
        double sum = 0;
        for (const auto& sample : page.all("weir_node_role", {{"node", node}})) sum += sample.value;
        EXPECT_EQ(sum, 1) << node;
    }
    EXPECT_EQ(page.value("weir_node_role", {{"node", "node0"}, {"role", "primary"}}), 1);
    EXPECT_EQ(page.value("weir_node_role", {{"node", "node0"}, {"role", "replica"}}), 0);
}

TEST(metrics, connections_of_every_node) {
    const auto page = page_of(sample_report());
    EXPECT_EQ(page.value("weir_backends", {{"node", "node0"}, {"state", "active"}}), 2);
    EXPECT_EQ(page.value("weir_backends", {{"node", "node0"}, {"state", "idle"}}), 3);
    EXPECT_EQ(page.value("weir_backends", {{"node", "node0"}, {"state", "login"}}), 1);
    EXPECT_EQ(page.value("weir_backends", {{"node", "node1"}, {"state", "idle"}}), 0);
}

TEST(metrics, the_states_of_clients_add_up) {
    auto now = sample_report();
    auto page = page_of(now);
    EXPECT_EQ(page.value("weir_clients", {{"state", "active"}}), 2);
    EXPECT_EQ(page.value("weir_clients", {{"state", "waiting"}}), 1);
    EXPECT_EQ(page.value("weir_clients", {{"state", "idle"}}), 7);
    now.clients = 1;  // the workers counted at different moments
    page = page_of(now);
    EXPECT_EQ(page.value("weir_clients", {{"state", "active"}}), 1);
    EXPECT_EQ(page.value("weir_clients", {{"state", "waiting"}}), 0);
    EXPECT_EQ(page.value("weir_clients", {{"state", "idle"}}), 0);
}

TEST(metrics, sums) {
    const auto page = page_of(sample_report());
    EXPECT_EQ(page.value("weir_bytes_total", {{"direction", "to_clients"}}), 123456);
    EXPECT_EQ(page.value("weir_wait_seconds_count", {{"stage", "queue"}}), 1);
    EXPECT_EQ(page.value("weir_wait_seconds_count", {{"stage", "failover"}}), 0);
    EXPECT_EQ(page.value("weir_pins", {{"reason", "LISTEN"}}), 1);
    EXPECT_EQ(page.value("weir_rule_hits_total", {{"rule", "reports"}}), 0);
    EXPECT_EQ(page.value("weir_retries_total", {{"kind", "replica_lost"}}), 2);
    EXPECT_EQ(page.value("weir_reloads_total", {{"result", "taken"}}), 3);
    EXPECT_EQ(page.value("weir_build_info", {{"version", "1.2.3"}}), 1);
}

TEST(metrics, names_that_clients_make_up_break_nothing) {
    auto now = sample_report();
    for (const auto* name : {"a\"b", "a\\b", "a\nb", "\xff", "\xfe", "} 1\nfake 1", "größe", ""}) {
        auto part = testing::traffic_of(name, "node0");
        count(part, routing::reason::read, 1);
        part.reads[1] = 1;
        now.traffic.push_back(part);
    }
    const auto page = page_of(now);
    EXPECT_EQ(page.value("weir_queries_total", {{"database", "a\"b"}}), 1);
    EXPECT_EQ(page.value("weir_queries_total", {{"database", "a\\b"}}), 1);
    EXPECT_EQ(page.value("weir_queries_total", {{"database", "a\nb"}}), 1);
    EXPECT_EQ(page.value("weir_queries_total", {{"database", "?"}}), 2)
        << "one series, not two alike";
    EXPECT_EQ(page.value("weir_queries_total", {{"database", "größe"}}), 1);
}

TEST(metrics, names_that_postgresql_takes_for_one_are_one) {
    auto now = sample_report();
    for (const auto* end : {"x", "y"}) {
        auto part = testing::traffic_of(std::string(63, 'n') + end, "node0");
        count(part, routing::reason::read, 1);
        now.traffic.push_back(part);
    }
    EXPECT_EQ(page_of(now).value("weir_queries_total", {{"database", std::string(63, 'n')}}), 2);
}

TEST(metrics, a_database_is_told_once_however_often_the_report_has_it) {
    auto now = sample_report();
    const auto once = now.traffic;
    now.traffic.insert(now.traffic.end(), once.begin(), once.end());
    const auto page = page_of(now);
    EXPECT_EQ(page.value("weir_queries_total", {{"reason", "read"}}), 18);
    EXPECT_EQ(page.value("weir_query_seconds_count", {{"role", "replica"}}), 18);
}

TEST(metrics, databases_without_end_do_not_make_series_without_end) {
    auto now = sample_report();
    now.traffic.clear();
    for (int i = 0; i < 1000; ++i) {
        auto part = testing::traffic_of("made_up_" + std::to_string(i), "node0");
        count(part, routing::reason::read, 1);
        part.reads[1] = 1;
        part.seconds[1].add(milliseconds(1));
        now.traffic.push_back(part);
    }
    auto busy = testing::traffic_of("zz_shop", "node0");
    count(busy, routing::reason::read, 7);
    busy.reads[1] = 7;
    now.traffic.push_back(busy);
    const auto page = page_of(now);
    EXPECT_EQ(page.value("weir_queries_total", {{"database", "zz_shop"}}), 7)
        << "the busiest is told";
    EXPECT_EQ(page.value("weir_queries_total", {{"database", "(other)"}}),
              static_cast<double>(1001 - most_databases));
    std::set<std::string> databases;
    double sum = 0;
    for (const auto& sample : page.all("weir_queries_total", {{"reason", "read"}})) {
        databases.insert(sample.labels.at("database"));
        sum += sample.value;
    }
    EXPECT_EQ(databases.size(), most_databases + 1);
    EXPECT_EQ(sum, 1007) << "nothing is lost";
}

}  // namespace
}  // namespace weir::admin

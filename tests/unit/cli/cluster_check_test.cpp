#include "cli/cluster_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

surveyed_node node(const std::string& name, bool in_recovery) {
    net::node_survey s;
    s.probe.in_recovery = in_recovery;
    s.probe.at = {7, 3, lsn{0x1000060}};
    s.probe.server_version = 150020;
    s.user = "weir";
    s.may_monitor = true;
    s.max_connections = 100;
    s.reserved_connections = 3;
    return {name, s};
}

net::node_survey& answer(surveyed_node& n) { return std::get<net::node_survey>(n.answer); }

TEST(ClusterCheck, APrimaryAndAReplicaAreALine) {
    const auto found = judge("main", {node("a:1", false), node("b:1", true)}, 20);
    EXPECT_THAT(
        found.nodes,
        ElementsAre("a:1: primary, PostgreSQL 15.20, timeline 3 at 0/1000060, 100 connections",
                    "b:1: replica, PostgreSQL 15.20, timeline 3 at 0/1000060, 100 connections"));
    EXPECT_THAT(found.troubles, IsEmpty());
}

TEST(ClusterCheck, ANodeThatDoesNotAnswer) {
    const auto found = judge("main", {{"a:1", "connection refused"}, node("b:1", true)}, 20);
    EXPECT_THAT(found.troubles, ElementsAre("a:1: connection refused"));
    EXPECT_EQ(found.nodes.size(), 1U);
}

TEST(ClusterCheck, RightsWithTheSqlThatGivesThem) {
    auto n = node("a:1", false);
    answer(n).may_monitor = false;
    answer(n).user = "we\"ir";
    EXPECT_THAT(judge("main", {n}, 20).troubles,
                ElementsAre("a:1: the probe user has no pg_monitor; on the primary: "
                            "GRANT pg_monitor TO \"we\"\"ir\";"));
}

TEST(ClusterCheck, APoolThatDoesNotFit) {
    auto n = node("a:1", false);
    EXPECT_THAT(judge("main", {n}, 97).troubles, IsEmpty());
    EXPECT_THAT(judge("main", {n}, 98).troubles,
                ElementsAre("a:1: size = 98 in [pool], but only 97 connections are open to all; "
                            "ALTER SYSTEM SET max_connections = 111; and restart it"));
    answer(n).max_connections = 2;
    EXPECT_EQ(judge("main", {n}, 1).troubles.size(), 1U);
}

TEST(ClusterCheck, OnePrimaryNoMoreNoLess) {
    EXPECT_THAT(judge("main", {node("a:1", true), node("b:1", true)}, 20).troubles,
                ElementsAre("[cluster.main]: no node is a primary; on the one that shall be: "
                            "SELECT pg_promote();"));
    EXPECT_THAT(judge("main", {node("a:1", false), node("b:1", false)}, 20).troubles,
                ElementsAre("[cluster.main]: more than one node is a primary: a:1, b:1"));
}

TEST(ClusterCheck, StrangersAndAncients) {
    auto b = node("b:1", true);
    answer(b).probe.at.system_identifier = 8;
    answer(b).probe.server_version = 120011;
    EXPECT_THAT(judge("main", {node("a:1", false), b}, 20).troubles,
                ElementsAre("b:1: PostgreSQL 12.11 is older than 13.0",
                            "b:1: is no copy of the other nodes (system identifier 8, not 7)"));
}

}  // namespace
}  // namespace weir::cli

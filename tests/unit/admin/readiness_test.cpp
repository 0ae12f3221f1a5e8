#include "admin/readiness.hpp"

#include <gtest/gtest.h>

#include "unit/admin/sample_report.hpp"

namespace weir::admin {
namespace {

using cluster::role;
using testing::cluster_of;
using testing::node_of;

cluster::node_state down(cluster::node_state node) {
    node.up = false;
    node.trouble = "connection refused";
    return node;
}

status::report with(std::vector<status::cluster_report> clusters) {
    status::report now;
    now.clusters = std::move(clusters);
    return now;
}

TEST(readiness, a_primary_will_do) {
    EXPECT_EQ(why_not_ready(with({cluster_of("main", {node_of(0, role::primary, 1)})})),
              std::nullopt);
}

TEST(readiness, a_replica_alone_will_do_for_reads) {
    EXPECT_EQ(why_not_ready(with({cluster_of(
                  "main", {down(node_of(0, role::primary, 1)), node_of(1, role::replica, 1)})})),
              std::nullopt);
}

TEST(readiness, not_without_any_node) {
    EXPECT_EQ(why_not_ready(with({cluster_of("main", {down(node_of(0, role::primary, 1)),
                                                      down(node_of(1, role::replica, 1))})})),
              "no node of cluster \"main\" can be used");
    EXPECT_TRUE(why_not_ready(with({cluster_of("main", {})})));
}

TEST(readiness, not_with_nodes_that_are_refused) {
    auto fenced = node_of(0, role::unknown, 1);
    fenced.trouble = "fenced";
    EXPECT_TRUE(why_not_ready(with({cluster_of("main", {fenced})})));
}

TEST(readiness, every_cluster_counts) {
    EXPECT_EQ(why_not_ready(with({cluster_of("main", {node_of(0, role::primary, 1)}),
                                  cluster_of("dw", {down(node_of(0, role::primary, 1))})})),
              "no node of cluster \"dw\" can be used");
}

TEST(readiness, not_while_shutting_down) {
    auto now = testing::sample_report();
    EXPECT_EQ(why_not_ready(now), std::nullopt);
    now.draining = true;
    EXPECT_EQ(why_not_ready(now), "Weir is shutting down");
}

}  // namespace
}  // namespace weir::admin

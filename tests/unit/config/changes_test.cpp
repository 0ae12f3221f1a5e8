#include "config/changes.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

config running() {
    config made;
    made.server.workers = 4;
    made.clusters.push_back({});
    made.clusters[0].name = "main";
    made.clusters[0].nodes.resize(1);
    made.said.values = {{"server.workers", "4"}, {"pool.size", "20"}, {"cluster.main.probe_user", "\"weir\""}};
    return made;
}

TEST(changes, of_nothing_are_none) { EXPECT_TRUE(describe_changes(running(), running()).empty()); }

TEST(changes, tell_what_waits_for_a_restart) {
    auto fresh = running();
    fresh.server.workers = 8;
    fresh.pool.size = 3;
    fresh.clusters[0].probe_user = "other";
    fresh.clusters[0].nodes.resize(2);
    EXPECT_EQ(describe_changes(running(), fresh),
              (std::vector<std::string>{"server.workers: changed, takes effect after a restart",
                                        "cluster.main.nodes: changed",
                                        "cluster.main.probe_user: changed, takes effect after a restart", "pool: changed"}));
}

TEST(changes, tell_of_clusters_that_come_and_go) {
    auto fresh = running();
    fresh.clusters[0].name = "other";
    EXPECT_EQ(describe_changes(running(), fresh),
              (std::vector<std::string>{"cluster.other: added", "cluster.main: removed"}));
}

TEST(changes, what_waits_is_set_back_and_the_rest_is_not) {
    auto fresh = running();
    fresh.server.workers = 8;
    fresh.server.max_clients = 5;
    fresh.clusters[0].probe_user = "other";
    fresh.clusters[0].nodes.resize(2);
    fresh.clusters.push_back({});
    fresh.clusters[1].name = "new";
    fresh.clusters[1].probe_user = "its own";
    fresh.said.values = {{"server.workers", "8"},
                         {"server.handover", "\"/run/weir\""},
                         {"pool.size", "3"},
                         {"cluster.new.probe_user", "\"its own\""}};
    keep_what_takes_restart(fresh, running());
    EXPECT_EQ(fresh.server.workers, 4u);
    EXPECT_EQ(fresh.server.max_clients, 5u);
    EXPECT_EQ(fresh.clusters[0].probe_user, "weir");
    EXPECT_EQ(fresh.clusters[0].nodes.size(), 2u);
    EXPECT_EQ(fresh.clusters[1].probe_user, "its own");
    EXPECT_EQ(fresh.said.values, (std::vector<said_value>{{"server.workers", "4"},
                                                          {"pool.size", "3"},
                                                          {"cluster.new.probe_user", "\"its own\""},
                                                          {"cluster.main.probe_user", "\"weir\""}}));
}

}  // namespace
}  // namespace weir::config

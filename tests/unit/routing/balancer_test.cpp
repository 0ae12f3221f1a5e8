#include "routing/balancer.hpp"

#include <gtest/gtest.h>

namespace weir::routing {
namespace {

TEST(balancer, counts_what_is_in_flight_on_each_node) {
    balancer loads;
    loads.begin(node_id{2});
    loads.begin(node_id{2});
    loads.begin(node_id{0});
    EXPECT_EQ(loads.in_flight(node_id{0}), 1u);
    EXPECT_EQ(loads.in_flight(node_id{1}), 0u);
    EXPECT_EQ(loads.in_flight(node_id{2}), 2u);
    loads.end(node_id{2});
    EXPECT_EQ(loads.in_flight(node_id{2}), 1u);
}

TEST(balancer, of_a_node_never_heard_of_nothing_is_in_flight) {
    balancer loads;
    EXPECT_EQ(loads.in_flight(node_id{7}), 0u);
    EXPECT_EQ(loads.in_flight(node_id{}), 0u);
}

TEST(balancer, keeps_its_counts_when_nodes_go_away_and_come) {
    balancer loads;
    loads.begin(node_id{3});
    loads.resize(2);
    EXPECT_EQ(loads.in_flight(node_id{3}), 1u);
    loads.resize(9);
    EXPECT_EQ(loads.in_flight(node_id{3}), 1u);
    loads.end(node_id{3});
    EXPECT_EQ(loads.in_flight(node_id{3}), 0u);
}

TEST(balancer, turns_go_on) {
    balancer loads;
    const auto first = loads.turn();
    EXPECT_EQ(loads.turn(), first + 1);
    EXPECT_EQ(loads.turn(), first + 2);
}

}  // namespace
}  // namespace weir::routing

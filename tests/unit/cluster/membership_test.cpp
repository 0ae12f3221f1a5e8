// Who belongs to a cluster by the word of its manager, against the nodes that are known.
#include "cluster/membership.hpp"

#include <gtest/gtest.h>

namespace {

using namespace weir::cluster;
using weir::node_id;

member who(std::string name, std::uint16_t port, std::string role = "replica", std::string state = "running") {
    return {std::move(name), "10.0.0.1", port, std::move(role), std::move(state), 1};
}
listed_node node(std::string name, std::uint16_t port, bool found = false, bool gone = false) {
    return {std::move(name), "10.0.0.1", port, found, gone};
}
std::vector<node_id> ids(std::initializer_list<std::uint16_t> numbers) {
    std::vector<node_id> made;
    for (const auto n : numbers) made.push_back(node_id{n});
    return made;
}

TEST(membership, who_is_not_known_is_added) {
    const auto found = compare({node("a", 1)}, {who("p1", 1, "leader"), who("p2", 2), who("p3", 3)});
    ASSERT_EQ(found.added.size(), 2u);
    EXPECT_EQ(found.added[0].name, "p2");
    EXPECT_EQ(found.added[1].port, 3);
    EXPECT_TRUE(found.left.empty());
    EXPECT_TRUE(compare({node("a", 1)}, {who("p1", 1, "leader")}).empty());
}

TEST(membership, a_configured_node_is_known_by_its_address_or_its_name) {
    const std::vector<listed_node> nodes{node("p1", 9), node("10.0.0.1:2", 2)};
    EXPECT_EQ(find_node(nodes, who("p1", 1)), node_id{0});
    EXPECT_EQ(find_node(nodes, who("p2", 2)), node_id{1});
    EXPECT_EQ(find_node(nodes, who("p3", 3)), std::nullopt);
    EXPECT_EQ(find_node({node("p1", 9, true)}, who("p1", 1)), std::nullopt)
        << "a found one that has moved is another server";
}

TEST(membership, who_was_found_and_is_not_listed_has_left_and_configured_nodes_stay) {
    const std::vector<listed_node> nodes{node("a", 1), node("b", 2), node("c", 3, true), node("d", 4, true, true)};
    EXPECT_EQ(compare(nodes, {who("p1", 1, "leader")}).left, ids({2}));
}

TEST(membership, who_had_gone_may_return_to_its_place) {
    const std::vector<listed_node> nodes{node("a", 1), node("c", 3, true, true)};
    const auto found = compare(nodes, {who("p1", 1, "leader"), who("p3", 3)});
    EXPECT_EQ(found.returned, ids({1}));
    EXPECT_TRUE(found.added.empty());
}

TEST(membership, while_nobody_leads_nobody_has_left) {
    const std::vector<listed_node> nodes{node("a", 1), node("c", 3, true)};
    EXPECT_TRUE(compare(nodes, {who("p1", 1)}).empty());
    EXPECT_TRUE(compare(nodes, {who("p1", 1, "leader", "stopped")}).empty());
    EXPECT_TRUE(compare(nodes, {}).empty());
    EXPECT_FALSE(who("p1", 1, "standby_leader").leads()) << "it follows another cluster";
}

TEST(membership, who_has_no_address_yet_waits) {
    member none{"p2", "", 0, "replica", "creating replica", 0};
    EXPECT_TRUE(compare({node("a", 1)}, {who("p1", 1, "leader"), none}).empty());
}

}  // namespace

// What a decision is told as.
#include "routing/explain.hpp"

#include <gtest/gtest.h>

#include "query/analyze.hpp"
#include "unit/routing/world.hpp"

namespace weir::routing {
namespace {

using testing::world;

struct explain_case : ::testing::Test {
    explain_case() {
        it.add_replica();
        it.add_replica();
        what.asked.what = &facts;
        what.known = &it.known;
        what.known_floor = &f;
        what.loads = &loads;
    }
    /// The value of the n-th row of this item.
    std::string told(const std::string& item, int n = 0) const {
        for (const auto& [name, value] : explain(what))
            if (name == item && n-- == 0) return value;
        return "no such row";
    }

    query::facts facts = query::analyze("select * from s.t", 1000);
    world it;
    routing::floor f;
    balancer loads;
    explained what;
};

TEST_F(explain_case, a_read_and_its_candidates) {
    EXPECT_EQ(told("node"), "node1");
    EXPECT_EQ(told("reason"), "read: a proved read on a replica that is fresh enough");
    EXPECT_EQ(told("rule"), "none");
    EXPECT_EQ(told("facts"), "a proved read; names s.t");
    EXPECT_EQ(told("consistency"), "session, at most 10000 ms behind");
    EXPECT_EQ(told("floor"), "none: this session has seen nothing yet");
    EXPECT_EQ(told("candidate", 0), "node0 (primary, 0/3E8 of timeline 1): the primary");
    EXPECT_EQ(told("candidate", 1),
              "node1 (replica, 0/3E8 of timeline 1, 0 bytes and 0 ms behind): chosen");
    EXPECT_EQ(told("candidate", 2),
              "node2 (replica, 0/3E8 of timeline 1, 0 bytes and 0 ms behind): would do as well");
}

TEST_F(explain_case, no_turn_is_used_up) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(told("node"), "node1");
    EXPECT_EQ(loads.turn(), 0U);
}

TEST_F(explain_case, why_a_candidate_is_not_chosen) {
    it.node(1).up = false;
    EXPECT_TRUE(told("candidate", 1).ends_with(": down"));
    it.node(1).up = true;
    it.node(1).trouble = "another system";
    EXPECT_TRUE(told("candidate", 1).ends_with(": another system"));
    it.node(1).trouble = "";
    it.node(1).lag_ms = 20000;
    EXPECT_TRUE(told("candidate", 1).ends_with(": lags more than allowed"));
    it.node(1).lag_ms = 0;
    it.node(1).address.weight = 0;
    EXPECT_TRUE(told("candidate", 1).ends_with(": its weight is 0"));
    it.node(1).address.weight = 1;
    what.allowed.group = "reports";
    it.node(2).address.group = "reports";
    EXPECT_TRUE(told("candidate", 1).ends_with(": not in the group reports"));
    EXPECT_TRUE(told("candidate", 2).ends_with(", group reports): chosen"));
}

TEST_F(explain_case, a_floor_that_no_replica_has_reached) {
    f.on_position(f.after_write(), testing::at(2000));
    EXPECT_EQ(told("node"), "node0");
    EXPECT_TRUE(told("reason").starts_with("behind_floor: "));
    EXPECT_EQ(told("floor"), "0/7D0 of timeline 1");
    EXPECT_TRUE(told("candidate", 1).ends_with("behind the floor, or not the replica read before"));
    (void)f.after_write();
    EXPECT_TRUE(told("reason").starts_with("position_unknown: "));
    EXPECT_EQ(told("floor"), "not known yet: the primary is being asked");
}

TEST_F(explain_case, rules_and_what_they_do) {
    rule by;
    by.name = "reports";
    by.user = "ann";
    by.route = rule_route::primary;
    what.asked.by = &by;
    EXPECT_EQ(told("node"), "node0");
    EXPECT_EQ(told("rule"), "reports: user = ann; route = primary");
    by.route = rule_route::reject;
    EXPECT_EQ(told("node"), "none");
    by.route = rule_route::unsaid;
    what.wait_for_token = milliseconds(5);
    EXPECT_EQ(told("node"), "none");
    EXPECT_TRUE(told("reason").starts_with("rate_limited: "));
    EXPECT_EQ(told("shadow rule"), "no such row");
    what.shadow = &by;
    EXPECT_EQ(told("shadow rule"), "reports: user = ann; ");
}

TEST_F(explain_case, a_lease_that_is_kept) {
    what.asked.held = held_lease::primary;
    what.held_node = node_id{0};
    EXPECT_EQ(told("node"), "node0");
    EXPECT_TRUE(told("reason").starts_with("held_primary: "));
}

TEST_F(explain_case, a_dry_run_knows_no_nodes) {
    what.known = nullptr;
    what.known_floor = nullptr;
    what.loads = nullptr;
    EXPECT_EQ(told("node"), "a replica");
    what.allowed.group = "reports";
    EXPECT_EQ(told("node"), "a replica of the group reports");
    EXPECT_EQ(told("floor"), "not known in a dry run");
    EXPECT_EQ(told("candidate"), "no such row");
}

}  // namespace
}  // namespace weir::routing

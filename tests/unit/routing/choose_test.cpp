// Which replica serves a read, and why none does.
#include <gtest/gtest.h>

#include <map>

#include "routing/decide.hpp"
#include "unit/routing/world.hpp"

namespace weir::routing {

// For messages of failed expectations.
static void PrintTo(reason why, std::ostream* out) { *out << to_string(why); }

namespace {

using testing::after_ms;
using testing::at;
using testing::world;

/// A primary and two replicas that are level with it.
struct choose_case : ::testing::Test {
    choose_case() {
        it.add_replica();
        it.add_replica();
    }
    choice choose_now() { return choose(it.known, f, allowed, loads); }
    void expect_replica(std::uint16_t index) {
        const auto chosen = choose_now();
        EXPECT_EQ(chosen.replica, node_id{index});
        EXPECT_EQ(chosen.why, reason::read);
    }
    void expect_none(reason why) {
        const auto chosen = choose_now();
        EXPECT_EQ(chosen.replica, std::nullopt);
        EXPECT_EQ(chosen.why, why);
    }
    /// How often each is chosen in so many choices, none of which takes long.
    std::map<int, int> shares(int rounds) {
        std::map<int, int> counted;
        for (int i = 0; i < rounds; ++i) {
            const auto chosen = choose_now();
            ++counted[chosen.replica ? chosen.replica->value : -1];
        }
        return counted;
    }
    cluster::node_state& one() { return it.node(1); }
    cluster::node_state& two() { return it.node(2); }

    world it;
    routing::floor f;
    limits allowed;
    balancer loads;
};

TEST_F(choose_case, never_the_primary) {
    one().up = two().up = false;
    expect_none(reason::no_replica);
    EXPECT_EQ(shares(10), (std::map<int, int>{{-1, 10}}));
}

TEST_F(choose_case, only_the_group_that_is_asked_for) {
    one().address.group = "reports";
    two().address.group = "web";
    allowed.group = "reports";
    EXPECT_EQ(shares(10), (std::map<int, int>{{1, 10}}));
    allowed.group = "web";
    EXPECT_EQ(shares(10), (std::map<int, int>{{2, 10}}));
    two().up = false;
    expect_none(reason::no_replica);
    allowed.group = "";
    expect_replica(1);
}

TEST_F(choose_case, the_lag_that_a_rule_allows_counts_at_every_level) {
    one().lag_ms = two().lag_ms = 600;
    one().lag_bytes = two().lag_bytes = 600;
    for (const auto level : {consistency::eventual, consistency::bounded, consistency::session}) {
        rule by;
        by.max_lag_ms = 500;
        allowed = limits_under(&by, {}, level);
        expect_none(reason::too_far_behind);
        by = {};
        by.max_lag_bytes = 500;
        allowed = limits_under(&by, {}, level);
        expect_none(reason::too_far_behind);
        by.max_lag_bytes = 700;
        by.max_lag_ms = 700;
        allowed = limits_under(&by, {}, level);
        EXPECT_TRUE(choose_now().replica);
    }
    one().lag_ms = two().lag_ms = 20'000;
    rule no_limit;
    no_limit.max_lag_ms = 0;
    allowed = limits_under(&no_limit, {}, consistency::session);
    EXPECT_TRUE(choose_now().replica) << "a rule lifts the usual limit";
    allowed = limits_under(nullptr, {}, consistency::session);
    expect_none(reason::too_far_behind);
}

TEST_F(choose_case, an_empty_cluster_has_none) {
    it.known.nodes.clear();
    it.known.primary.reset();
    expect_none(reason::no_replica);
}

TEST_F(choose_case, reads_go_on_without_a_primary) {
    it.known.primary.reset();
    it.node(0).up = false;
    EXPECT_TRUE(choose_now().replica);
}

TEST_F(choose_case, a_node_in_trouble_or_down_or_of_unknown_role_is_passed_over) {
    one().trouble = "refused";
    expect_replica(2);
    one().trouble.clear();
    one().up = false;
    expect_replica(2);
    one().up = true;
    one().is = cluster::role::unknown;
    expect_replica(2);
}

TEST_F(choose_case, a_drained_node_gets_no_new_read) {
    one().drained = true;
    EXPECT_EQ(shares(10), (std::map<int, int>{{2, 10}}));
    two().drained = true;
    expect_none(reason::no_replica);
    allowed.only = one().id;
    EXPECT_EQ(shares(10), (std::map<int, int>{{1, 10}})) << "a transaction that is there may end there";
}

TEST_F(choose_case, a_weight_of_0_serves_no_reads) {
    one().address.weight = 0;
    EXPECT_EQ(shares(10), (std::map<int, int>{{2, 10}}));
    two().address.weight = 0;
    expect_none(reason::no_replica);
}

TEST_F(choose_case, the_group_of_a_replica_does_not_matter_without_a_rule) {
    one().address.group = "reports";
    EXPECT_EQ(shares(10), (std::map<int, int>{{1, 5}, {2, 5}}));
}

TEST_F(choose_case, equals_take_turns) {
    EXPECT_EQ(shares(100), (std::map<int, int>{{1, 50}, {2, 50}}));
    it.add_replica();
    EXPECT_EQ(shares(99), (std::map<int, int>{{1, 33}, {2, 33}, {3, 33}}));
}

TEST_F(choose_case, equals_take_turns_wherever_the_primary_stands_in_the_list) {
    std::swap(it.node(0), it.node(1));
    for (std::uint16_t i = 0; i < 3; ++i) it.node(i).id = node_id{i};
    it.known.primary = node_id{1};
    EXPECT_EQ(shares(100), (std::map<int, int>{{0, 50}, {2, 50}}));
}

TEST_F(choose_case, idle_replicas_take_turns_by_weight) {
    two().address.weight = 3;
    EXPECT_EQ(shares(100), (std::map<int, int>{{1, 25}, {2, 75}}));
}

TEST_F(choose_case, one_that_comes_back_gets_a_part_of_its_share) {
    two().read_percent = 10;
    EXPECT_EQ(shares(110), (std::map<int, int>{{1, 100}, {2, 10}}));
    two().read_percent = 50;
    EXPECT_EQ(shares(90), (std::map<int, int>{{1, 60}, {2, 30}}));
    for (int i = 0; i < 3; ++i) loads.begin(node_id{1});
    for (int i = 0; i < 2; ++i) loads.begin(node_id{2});
    EXPECT_EQ(shares(10), (std::map<int, int>{{1, 10}})) << "2 of a half is more than 3";
    one().up = false;
    expect_replica(2);
}

TEST_F(choose_case, turns_by_weight_are_not_in_a_row) {
    one().address.weight = 5;
    two().address.weight = 5;
    it.add_replica().address.weight = 1;
    int row = 0;
    std::optional<node_id> last;
    for (int i = 0; i < 110; ++i) {
        const auto chosen = choose_now().replica;
        row = chosen == last ? row + 1 : 1;
        EXPECT_LE(row, 2);
        last = chosen;
    }
}

TEST_F(choose_case, the_least_loaded_is_chosen) {
    loads.begin(node_id{1});
    EXPECT_EQ(shares(10), (std::map<int, int>{{2, 10}}));
    loads.begin(node_id{2});
    loads.begin(node_id{2});
    EXPECT_EQ(shares(10), (std::map<int, int>{{1, 10}}));
}

TEST_F(choose_case, load_counts_by_weight) {
    two().address.weight = 3;
    loads.begin(node_id{1});
    for (int i = 0; i < 2; ++i) loads.begin(node_id{2});
    EXPECT_EQ(shares(10), (std::map<int, int>{{2, 10}})) << "2 of 3 is less than 1 of 1";
    for (int i = 0; i < 2; ++i) loads.begin(node_id{2});
    EXPECT_EQ(shares(10), (std::map<int, int>{{1, 10}})) << "4 of 3 is more";
}

TEST_F(choose_case, work_spreads_as_it_stays_in_flight) {
    two().address.weight = 2;
    for (int i = 0; i < 30; ++i) {
        const auto chosen = choose_now();
        ASSERT_TRUE(chosen.replica);
        loads.begin(*chosen.replica);
    }
    EXPECT_EQ(loads.in_flight(node_id{1}), 10u);
    EXPECT_EQ(loads.in_flight(node_id{2}), 20u);
}

TEST_F(choose_case, a_replica_too_far_behind_is_not_read_from) {
    allowed.max_lag_ms = 10000;
    one().lag_ms = 10001;
    two().lag_ms = 10000;
    expect_replica(2);
    two().lag_ms = 10001;
    expect_none(reason::too_far_behind);
}

TEST_F(choose_case, a_limit_of_0_ms_is_none) {
    allowed.max_lag_ms = 0;
    one().lag_ms = two().lag_ms = 1'000'000'000;
    EXPECT_TRUE(choose_now().replica);
}

TEST_F(choose_case, eventual_reads_however_far_behind) {
    allowed.level = consistency::eventual;
    allowed.max_lag_bytes = 1;
    one().lag_ms = two().lag_ms = 1'000'000'000;
    one().lag_bytes = two().lag_bytes = 1'000'000'000;
    EXPECT_TRUE(choose_now().replica);
}

TEST_F(choose_case, bytes_of_lag_count_for_bounded_alone) {
    allowed.max_lag_bytes = 100;
    one().lag_bytes = 101;
    two().lag_bytes = 100;
    allowed.level = consistency::bounded;
    EXPECT_EQ(shares(10), (std::map<int, int>{{2, 10}}));
    two().lag_bytes = 101;
    expect_none(reason::too_far_behind);
    allowed.max_lag_bytes = 0;
    EXPECT_TRUE(choose_now().replica) << "0 is no limit";
    allowed.max_lag_bytes = 100;
    allowed.level = consistency::session;
    EXPECT_TRUE(choose_now().replica);
}

TEST_F(choose_case, the_floor_excludes_those_behind_it) {
    f.on_position(f.after_write(), at(1000));
    one().known = at(999);
    EXPECT_EQ(shares(10), (std::map<int, int>{{2, 10}}));
    two().known = at(999);
    expect_none(reason::behind_floor);
}

TEST_F(choose_case, one_that_was_close_lately_is_worth_waiting_for) {
    f.on_position(f.after_write(), at(1000));
    one().known = two().known = at(999);
    one().lag_ms = 300;
    two().lag_ms = 10;
    EXPECT_FALSE(choose_now().soon) << "nobody may wait";
    allowed.patience = milliseconds(5);
    EXPECT_EQ(choose_now().soon, node_id{2});
    two().lag_ms = 11;
    EXPECT_FALSE(choose_now().soon);
    one().known = at(1000);
    two().lag_ms = 0;
    EXPECT_EQ(choose_now().replica, node_id{1}) << "nobody waits for one where another will do";
}

TEST_F(choose_case, a_transaction_that_is_on_a_replica_has_that_one_only) {
    allowed.only = node_id{2};
    EXPECT_EQ(shares(10), (std::map<int, int>{{2, 10}}));
    f.on_position(f.after_write(), at(1000));
    one().known = at(1000);
    two().known = at(999);
    expect_none(reason::behind_floor);
}

TEST_F(choose_case, while_the_position_of_a_write_is_not_known_there_is_none) {
    f.after_write();
    for (const auto level : {consistency::session, consistency::global, consistency::strong}) {
        allowed.level = level;
        expect_none(reason::position_unknown);
    }
}

TEST_F(choose_case, eventual_and_bounded_ask_for_no_floor) {
    f.after_write();
    one().known = two().known = at(1);
    for (const auto level : {consistency::eventual, consistency::bounded}) {
        allowed.level = level;
        EXPECT_TRUE(choose_now().replica);
    }
}

TEST_F(choose_case, a_session_stays_with_its_replica_however_loaded) {
    f.after_replica_read(node_id{1}, after_ms(10));
    loads.begin(node_id{1});
    EXPECT_EQ(shares(10), (std::map<int, int>{{1, 10}}));
}

TEST_F(choose_case, of_several_reasons_the_one_that_passes_soonest_is_told) {
    f.on_position(f.after_write(), at(1000));
    one().lag_ms = 1'000'000;
    two().known = at(999);
    expect_none(reason::behind_floor);
    two().up = false;
    expect_none(reason::too_far_behind);
    std::swap(one().up, two().up);
    expect_none(reason::behind_floor);
}

TEST_F(choose_case, no_turn_is_lost_on_a_choice_without_alternative) {
    const auto before = loads.turn();
    two().up = false;
    shares(5);
    EXPECT_EQ(loads.turn(), before + 1);
}

}  // namespace
}  // namespace weir::routing

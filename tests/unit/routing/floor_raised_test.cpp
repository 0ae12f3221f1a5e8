// What raises a floor beside writes: reads on the primary, tokens, levels, and what replicas have shown.
#include "unit/routing/floor_case.hpp"

namespace weir::routing {
namespace {

TEST_F(floor_case, what_the_primary_has_shown_is_asked_for_when_a_replica_is_wanted) {
    EXPECT_FALSE(f.after_primary_read());
    EXPECT_TRUE(f.unknown());
    EXPECT_FALSE(f.allows(one()));
    EXPECT_FALSE(f.is_asked());
    const auto ticket = f.ask();
    ASSERT_TRUE(ticket);
    EXPECT_TRUE(f.is_asked());
    EXPECT_FALSE(f.ask());
    f.on_position(*ticket, at(700));
    EXPECT_FALSE(f.unknown());
    EXPECT_EQ(f.known(), at(700));
}

TEST_F(floor_case, a_question_from_before_a_read_on_the_primary_does_not_cover_it) {
    const auto ticket = f.after_write();
    EXPECT_FALSE(f.after_primary_read());
    f.on_position(ticket, at(700));
    EXPECT_TRUE(f.unknown());
    EXPECT_TRUE(f.ask());
}

TEST_F(floor_case, who_wanted_a_replica_in_vain_asks_when_the_primary_has_answered) {
    f.after_write();
    EXPECT_FALSE(f.ask());
    const auto ticket = f.after_primary_read();
    ASSERT_TRUE(ticket);
    f.on_position(*ticket, at(700));
    EXPECT_FALSE(f.unknown());
    EXPECT_FALSE(f.after_primary_read());
}

TEST_F(floor_case, the_first_read_behind_a_write_waits_for_nothing) {
    f.after_write();
    EXPECT_TRUE(f.is_asked());
    EXPECT_FALSE(f.is_worth_waiting());
    EXPECT_FALSE(f.ask());
    EXPECT_TRUE(f.after_primary_read());
    EXPECT_TRUE(f.is_worth_waiting());
}

TEST_F(floor_case, it_is_raised_to_now_whatever_is_known) {
    f.on_position(f.after_write(), at(700));
    const auto ticket = f.raise_to_now();
    EXPECT_TRUE(f.unknown());
    f.on_position(ticket, at(900));
    EXPECT_EQ(f.known(), at(900));
}

TEST_F(floor_case, a_token_raises_it_and_never_lowers_it) {
    f.take(at(700), it.known);
    EXPECT_EQ(f.known(), at(700));
    one().known = at(699);
    EXPECT_FALSE(f.allows(one()));
    one().known = at(700);
    EXPECT_TRUE(f.allows(one()));
    f.take(at(600), it.known);
    EXPECT_EQ(f.known(), at(700));
}

TEST_F(floor_case, a_token_of_a_timeline_that_has_ended_becomes_the_new_primarys_position) {
    f.take(at(700), it.known);
    it.node(0).known.timeline = 2;
    it.node(0).known.at = lsn{650};
    settle();
    EXPECT_TRUE(f.unknown());
    const auto ticket = f.ask();
    ASSERT_TRUE(ticket);
    f.on_position(*ticket, cluster::position{at(0).system_identifier, 2, lsn{660}});
    EXPECT_EQ(f.known()->at, lsn{660});
    EXPECT_EQ(f.known()->timeline, 2u);
}

/// The primary is on timeline 2, which has left timeline 1 at 800.
void succeed(testing::world& it) {
    it.node(0).known = at(900, 2);
    it.known.history = std::make_shared<cluster::timeline_history>(cluster::timeline_history{2, {{1, lsn{800}}}});
}

TEST_F(floor_case, where_a_timeline_ended_is_known_its_floor_goes_on) {
    f.on_position(f.after_write(), at(700));
    succeed(it);
    settle();
    EXPECT_FALSE(f.unknown());
    EXPECT_EQ(f.known(), at(700, 2));
    one().known = at(699, 2);
    EXPECT_FALSE(f.allows(one()));
    one().known = at(700, 2);
    EXPECT_TRUE(f.allows(one()));
    two().known = at(2000, 1);
    EXPECT_FALSE(f.allows(two())) << "on the branch that is dead";
}

TEST_F(floor_case, what_was_lost_with_a_timeline_is_waited_for_by_nobody) {
    f.on_position(f.after_write(), at(850));
    succeed(it);
    settle();
    EXPECT_EQ(f.known(), at(800, 2));
}

TEST_F(floor_case, what_a_replica_showed_before_the_fork_is_carried_over) {
    f.on_position(f.after_write(), at(600));
    f.after_replica_read(first_replica, after_ms(10));
    succeed(it);
    probe(one(), 750, 20);  // still on timeline 1
    settle();
    EXPECT_EQ(f.known(), at(750, 2));
    f.after_replica_read(first_replica, after_ms(30));
    settle();
    probe(one(), 790, 40);
    settle();
    EXPECT_EQ(f.known(), at(790, 2)) << "read after the floor had been carried over";
}

TEST_F(floor_case, a_token_of_before_the_fork_raises_a_floor_behind_it) {
    succeed(it);
    f.on_position(f.after_write(), at(950, 2));
    f.take(at(700), it.known);
    EXPECT_EQ(f.known(), at(950, 2));
    routing::floor fresh;
    fresh.take(at(900), it.known);
    EXPECT_EQ(fresh.known(), at(800, 2));
    it.known.history = nullptr;
    f.take(at(960), it.known);
    EXPECT_TRUE(f.unknown()) << "it may be ahead of the fork, wherever that is";
}

TEST_F(floor_case, a_timeline_that_is_no_ancestor_is_settled_by_the_primary) {
    it.node(0).known = at(900, 3);
    it.known.history = std::make_shared<cluster::timeline_history>(cluster::timeline_history{3, {{1, lsn{800}}}});
    f.on_position(f.after_write(), at(850, 2));
    settle();
    EXPECT_TRUE(f.unknown());
    EXPECT_TRUE(f.ask());
}

TEST_F(floor_case, what_a_replica_was_replaying_when_it_was_read_is_not_covered_by_its_next_position) {
    one().all_replayed = false;
    f.after_replica_read(first_replica, after_ms(10));
    probe(one(), 1000, 20);
    two().known = at(1000);
    settle();
    EXPECT_FALSE(f.allows(two())) << "what was read may be the record behind 1000";
    EXPECT_TRUE(f.allows(one()));
    probe(one(), 1000, 30);
    settle();
    EXPECT_FALSE(f.allows(two())) << "it has not gone on";
    probe(one(), 1001, 40);
    settle();
    EXPECT_FALSE(f.allows(two()));
    two().known = at(1001);
    EXPECT_TRUE(f.allows(two()));
}

TEST_F(floor_case, another_read_begins_that_anew) {
    one().all_replayed = false;
    f.after_replica_read(first_replica, after_ms(10));
    probe(one(), 1000, 20);
    settle();
    f.after_replica_read(first_replica, after_ms(25));
    probe(one(), 1001, 30);
    two().known = at(1001);
    settle();
    EXPECT_FALSE(f.allows(two()));
    probe(one(), 1001, 40);
    one().all_replayed = true;
    settle();
    EXPECT_TRUE(f.allows(two()));
}

}  // namespace
}  // namespace weir::routing

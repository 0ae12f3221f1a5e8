#include <gtest/gtest.h>

#include "unit/routing/floor_case.hpp"

namespace weir::routing {
namespace {

TEST_F(floor_case, a_session_that_did_nothing_reads_anywhere) {
    EXPECT_FALSE(f.unknown());
    EXPECT_FALSE(f.known());
    EXPECT_FALSE(f.ask());
    one().known = at(1);
    EXPECT_TRUE(f.allows(one()));
}

TEST_F(floor_case, after_a_write_no_replica_will_do_until_its_position_is_known) {
    const auto ticket = f.after_write();
    EXPECT_TRUE(f.unknown());
    EXPECT_FALSE(f.allows(one()));
    f.on_position(ticket, at(1000));
    EXPECT_FALSE(f.unknown());
    EXPECT_EQ(f.known(), at(1000));
}

TEST_F(floor_case, a_replica_will_do_exactly_when_it_has_reached_the_write) {
    f.on_position(f.after_write(), at(1000));
    one().known = at(999);
    EXPECT_FALSE(f.allows(one()));
    one().known = at(1000);
    EXPECT_TRUE(f.allows(one()));
    one().known = at(1001);
    EXPECT_TRUE(f.allows(one()));
}

TEST_F(floor_case, positions_are_compared_beyond_the_wrap_of_the_low_half) {
    f.on_position(f.after_write(), at(0x2'0000'0000));
    one().known = at(0x1'ffff'fff0);
    EXPECT_FALSE(f.allows(one()));
    one().known = at(0x2'0000'0000);
    EXPECT_TRUE(f.allows(one()));
}

TEST_F(floor_case, the_floor_never_sinks) {
    f.on_position(f.after_write(), at(900));
    f.on_position(f.after_write(), at(800));
    EXPECT_EQ(f.known(), at(900));
}

TEST_F(floor_case, an_answer_to_an_older_ticket_does_not_cover_the_latest_write) {
    const auto older = f.after_write();
    const auto newer = f.after_write();
    f.on_position(older, at(500));
    EXPECT_TRUE(f.unknown());
    EXPECT_FALSE(f.allows(one()));
    EXPECT_EQ(f.known(), at(500));
    f.on_position(newer, at(700));
    EXPECT_FALSE(f.unknown());
    EXPECT_EQ(f.known(), at(700));
}

TEST_F(floor_case, an_older_ticket_answered_late_changes_nothing) {
    const auto older = f.after_write();
    const auto newer = f.after_write();
    f.on_position(newer, at(700));
    f.on_position(older, at(500));
    EXPECT_EQ(f.known(), at(700));
    f.on_position(older, std::nullopt);
    EXPECT_FALSE(f.unknown());
    EXPECT_FALSE(f.ask());
}

TEST_F(floor_case, a_question_that_failed_is_asked_again_and_only_once_at_a_time) {
    const auto ticket = f.after_write();
    EXPECT_FALSE(f.ask()) << "one is under way";
    f.on_position(ticket, std::nullopt);
    EXPECT_TRUE(f.unknown());
    const auto again = f.ask();
    ASSERT_TRUE(again);
    EXPECT_NE(*again, ticket);
    EXPECT_FALSE(f.ask());
    f.on_position(*again, at(1000));
    EXPECT_FALSE(f.unknown());
    EXPECT_FALSE(f.ask());
}

TEST_F(floor_case, a_new_write_asks_by_itself_even_after_a_failure) {
    f.on_position(f.after_write(), std::nullopt);
    const auto ticket = f.after_write();
    EXPECT_FALSE(f.ask()) << "the write's own question is under way";
    f.on_position(ticket, at(1000));
    EXPECT_FALSE(f.unknown());
}

TEST_F(floor_case, a_failure_of_an_older_question_is_not_that_of_the_latest) {
    const auto older = f.after_write();
    f.after_write();
    f.on_position(older, std::nullopt);
    EXPECT_FALSE(f.ask());
}

TEST_F(floor_case, reads_stay_with_their_replica_until_it_is_probed_afterwards) {
    f.after_replica_read(first_replica, after_ms(10));
    settle();
    EXPECT_TRUE(f.allows(one()));
    EXPECT_FALSE(f.allows(two())) << "what the read has seen there nobody knows yet";
    probe(one(), 1000, 10);  // sent at the moment of the read: it may have been answered before
    settle();
    EXPECT_FALSE(f.allows(two()));
    probe(one(), 1200, 11);
    settle();
    EXPECT_EQ(f.known(), at(1200));
    EXPECT_FALSE(f.allows(two())) << "at 1000 it lacks what the read may have seen";
    probe(two(), 1200, 12);
    EXPECT_TRUE(f.allows(two()));
}

TEST_F(floor_case, monotonic_across_replicas_in_both_directions) {
    f.after_replica_read(first_replica, after_ms(10));
    probe(one(), 1200, 20);
    probe(two(), 1500, 20);
    settle();
    ASSERT_TRUE(f.allows(two()));
    f.after_replica_read(second_replica, after_ms(30));
    settle();
    EXPECT_FALSE(f.allows(one()));
    probe(two(), 1600, 40);
    probe(one(), 1550, 40);
    settle();
    EXPECT_FALSE(f.allows(one())) << "gone back in time";
    probe(one(), 1600, 50);
    EXPECT_TRUE(f.allows(one()));
}

TEST_F(floor_case, its_own_write_counts_on_the_replica_that_served_before) {
    f.after_replica_read(first_replica, after_ms(10));
    f.on_position(f.after_write(), at(1300));
    settle();
    EXPECT_FALSE(f.allows(one()));
    probe(one(), 1300, 20);
    settle();
    EXPECT_TRUE(f.allows(one()));
}

TEST_F(floor_case, the_primarys_position_covers_what_was_read_before_it_was_asked) {
    f.after_replica_read(first_replica, after_ms(10));
    f.on_position(f.after_write(), at(1300));
    two().known = at(1300);
    EXPECT_TRUE(f.allows(two())) << "though the first was not probed since";
}

TEST_F(floor_case, the_primarys_position_does_not_cover_what_was_read_after_it_was_asked) {
    const auto ticket = f.after_write();
    f.after_replica_read(first_replica, after_ms(10));
    f.on_position(ticket, at(1000));
    EXPECT_FALSE(f.allows(two()));
}

TEST_F(floor_case, a_replica_that_is_gone_holds_nobody_to_the_primary_for_ever) {
    f.after_replica_read(first_replica, after_ms(10));
    one().up = false;
    settle();
    EXPECT_FALSE(f.allows(two())) << "it may be behind what the session has seen";
    const auto ticket = f.ask();
    ASSERT_TRUE(ticket) << "the primary can tell";
    f.on_position(*ticket, at(1000));
    settle();
    EXPECT_TRUE(f.allows(two()));
}

TEST_F(floor_case, a_replica_taken_out_of_the_configuration_is_gone_too) {
    f.after_replica_read(node_id{9}, after_ms(10));
    settle();
    const auto ticket = f.ask();
    ASSERT_TRUE(ticket);
    f.on_position(*ticket, at(1000));
    settle();
    EXPECT_TRUE(f.allows(one()));
}

TEST_F(floor_case, a_position_of_another_system_reaches_nothing) {
    f.on_position(f.after_write(), at(1000));
    one().known = at(5000, 1, testing::system_identifier + 1);
    EXPECT_FALSE(f.allows(one()));
}

TEST_F(floor_case, a_position_of_another_timeline_reaches_nothing) {
    f.on_position(f.after_write(), at(1000));
    one().known = at(5000, 2);
    EXPECT_FALSE(f.allows(one()));
}

TEST_F(floor_case, after_a_promotion_the_new_primary_is_asked) {
    f.on_position(f.after_write(), at(1000));
    it.node(0).known = at(1100, 2);
    one().known = at(1100, 2);
    settle();
    EXPECT_FALSE(f.allows(one()));
    const auto ticket = f.ask();
    ASSERT_TRUE(ticket) << "else this session would read from the primary for ever";
    f.on_position(*ticket, at(1100, 2));
    settle();
    EXPECT_EQ(f.known(), at(1100, 2));
    EXPECT_TRUE(f.allows(one()));
    EXPECT_FALSE(f.ask());
}

TEST_F(floor_case, the_new_primarys_position_counts_though_it_is_lower) {
    f.on_position(f.after_write(), at(1000));  // more than the promoted replica ever received
    it.node(0).known = at(950, 2);
    settle();
    const auto ticket = f.ask();
    ASSERT_TRUE(ticket);
    f.on_position(*ticket, at(950, 2));
    EXPECT_EQ(f.known(), at(950, 2));
}

TEST_F(floor_case, a_primary_that_was_succeeded_is_not_believed) {
    f.on_position(f.after_write(), at(1000, 2));
    const auto ticket = f.after_write();
    f.on_position(ticket, at(1300, 1));
    EXPECT_TRUE(f.unknown());
    EXPECT_EQ(f.known(), at(1000, 2));
    EXPECT_TRUE(f.ask());
}

TEST_F(floor_case, a_late_answer_of_the_old_timeline_does_not_bring_it_back) {
    const auto older = f.after_write();
    const auto newer = f.after_write();
    f.on_position(newer, at(1000, 2));
    f.on_position(older, at(990, 1));
    EXPECT_EQ(f.known(), at(1000, 2));
}

TEST_F(floor_case, a_replica_left_behind_on_the_old_timeline_does_not_bring_it_back) {
    f.after_replica_read(first_replica, after_ms(10));
    const auto ticket = f.after_write();
    f.after_replica_read(first_replica, after_ms(11));
    f.on_position(ticket, at(1100, 2));
    it.node(0).known = at(1100, 2);
    probe(one(), 1090, 20);  // still on timeline 1
    settle();
    EXPECT_EQ(f.known(), at(1100, 2));
    EXPECT_FALSE(f.allows(one())) << "it lacks the session's own write";
}

TEST_F(floor_case, a_replica_on_the_new_timeline_does_not_lower_the_floor) {
    f.on_position(f.after_write(), at(1000));
    f.after_replica_read(first_replica, after_ms(10));
    probe(one(), 900, 20);  // the receiver is there already, the replay is not
    one().known.timeline = 2;
    it.known.primary.reset();
    settle();
    ASSERT_TRUE(f.known());
    EXPECT_EQ(f.known()->timeline, 2u);
    EXPECT_GE(f.known()->at.value, 1000u);
}

TEST_F(floor_case, a_snapshot_older_than_the_answer_raises_no_doubt) {
    f.on_position(f.after_write(), at(1000, 2));  // the prober has not told of timeline 2 yet
    settle();
    EXPECT_FALSE(f.unknown());
}

TEST_F(floor_case, without_a_primary_reads_go_on) {
    f.on_position(f.after_write(), at(1000));
    it.known.primary.reset();
    settle();
    EXPECT_TRUE(f.allows(one()));
}

}  // namespace
}  // namespace weir::routing

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cluster/probes.hpp"

namespace {

using namespace weir::cluster;
using namespace weir::cluster::test;
using testing::HasSubstr;

TEST(two_primaries, the_higher_timeline_counts_and_the_lower_is_fenced) {
    story s(3);
    s.primary(0, 0x900).replica(2, 0x900);
    s.primary(1, 0x800, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "b");
    auto a = s.look(0);
    EXPECT_FALSE(a.up);
    EXPECT_EQ(a.is, role::primary);
    EXPECT_THAT(a.trouble, HasSubstr("fenced"));
    EXPECT_THAT(a.trouble, HasSubstr("b was seen on timeline 2"));
    EXPECT_TRUE(s.look(2).up);
}

TEST(two_primaries, the_fenced_one_stays_fenced_while_the_new_one_is_silent) {
    story s(2);
    s.primary(0, 0x900).primary(1, 0x800, {.timeline = 2}).fails(1).fails(1).primary(0, 0x950);
    EXPECT_EQ(s.who_is_primary(), "none");
    EXPECT_THAT(s.look(0).trouble, HasSubstr("fenced"));
}

TEST(two_primaries, a_replica_on_a_later_timeline_fences_the_old_primary_too) {
    story s(2);
    s.primary(0, 0x900).replica(1, 0x900, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "none");
    EXPECT_TRUE(s.look(1).up);
}

TEST(two_primaries, a_rejoined_node_ends_the_fence) {
    story s(2);
    s.primary(0, 0x900).primary(1, 0x800, {.timeline = 2});
    s.at(10).replica(1, 0x900, {.timeline = 1, .started = 7777});
    EXPECT_EQ(s.who_is_primary(), "a");
    s.at(20).replica(0, 0x950).primary(1, 0x980, {.timeline = 2, .started = 7777});
    EXPECT_EQ(s.who_is_primary(), "b");
    EXPECT_EQ(s.look(0).is, role::replica);
}

TEST(two_primaries, of_one_timeline_neither_counts) {
    story s(3);
    s.primary(0, 0x900, {.timeline = 2}).primary(1, 0x990, {.timeline = 2}).replica(2, 0x800);
    EXPECT_EQ(s.who_is_primary(), "none");
    EXPECT_FALSE(s.look(0).up);
    EXPECT_FALSE(s.look(1).up);
    EXPECT_THAT(s.look(0).trouble, HasSubstr("b is a primary of the same timeline 2"));
    EXPECT_THAT(s.look(1).trouble, HasSubstr("a is a primary of the same timeline 2"));
    EXPECT_TRUE(s.look(2).up);
}

TEST(two_primaries, of_one_timeline_silence_of_one_does_not_crown_the_other) {
    story s(2);
    s.primary(0, 1, {.timeline = 2}).primary(1, 1, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "none");
    s.at(100).fails(0).fails(0).primary(1, 2, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "none");
    s.at(200).replica(0, 1, {.timeline = 2, .started = 99});
    EXPECT_EQ(s.who_is_primary(), "b");
}

TEST(two_primaries, of_one_timeline_a_later_promotion_settles_it) {
    story s(2);
    s.primary(0, 1, {.timeline = 2}).primary(1, 1, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "none");
    s.at(100).primary(1, 2, {.timeline = 3});
    EXPECT_EQ(s.who_is_primary(), "b");
    EXPECT_THAT(s.look(0).trouble, HasSubstr("fenced"));
}

TEST(two_primaries, a_standby_server_on_the_same_disk_takes_over) {
    story s(2);
    s.primary(0, 1).fails(0).fails(0).primary(1, 2);
    EXPECT_EQ(s.who_is_primary(), "b") << "never seen side by side";
}

TEST(two_primaries, one_server_under_two_addresses_is_one_primary) {
    story s(2);
    s.primary(0, 5, {.started = 42}).primary(1, 5, {.started = 42});
    EXPECT_EQ(s.who_is_primary(), "a");
    EXPECT_EQ(s.look(1).trouble, "the same server as a");
    s.fails(0).fails(0);
    EXPECT_EQ(s.who_is_primary(), "b");
}

TEST(promotion, is_seen_with_the_first_answer) {
    story s(3);
    s.primary(0, 0x900).replica(1, 0x900).replica(2, 0x900);
    s.at(100).fails(0).fails(0);
    EXPECT_EQ(s.who_is_primary(), "none");
    s.at(200).primary(1, 0x910, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "b");
    s.at(300).primary(0, 0x950);
    EXPECT_EQ(s.who_is_primary(), "b");
}

TEST(other_cluster, a_replica_of_another_identifier_is_refused) {
    story s(3);
    s.primary(0, 1).replica(1, 1).replica(2, 1, {.identifier = 8});
    EXPECT_EQ(s.who_is_primary(), "a");
    EXPECT_TRUE(s.look(1).up);
    EXPECT_FALSE(s.look(2).up);
    EXPECT_THAT(s.look(2).trouble, HasSubstr("system identifier 8 is of another cluster"));
}

TEST(other_cluster, without_a_primary_the_majority_counts) {
    story s(3);
    s.replica(0, 1, {.identifier = 8}).replica(1, 1).replica(2, 1);
    EXPECT_FALSE(s.look(0).up);
    EXPECT_TRUE(s.look(1).up);
    EXPECT_TRUE(s.look(2).up);
}

TEST(other_cluster, without_a_primary_or_a_majority_nobody_counts) {
    story s(2);
    s.replica(0, 1, {.identifier = 8}).replica(1, 1);
    EXPECT_FALSE(s.look(0).up);
    EXPECT_FALSE(s.look(1).up);
    EXPECT_THAT(s.look(1).trouble, HasSubstr("different clusters"));
}

TEST(other_cluster, of_two_primaries_the_one_with_the_larger_following_counts) {
    story s(3);
    s.primary(2, 1, {.identifier = 8, .timeline = 9});
    EXPECT_EQ(s.who_is_primary(), "c") << "nothing else is known yet";
    s.primary(0, 1).replica(1, 1);
    EXPECT_EQ(s.who_is_primary(), "a") << "timelines of different clusters do not compare";
    EXPECT_FALSE(s.look(2).up);
}

TEST(other_cluster, of_two_primaries_with_equal_following_none_counts) {
    story s(2);
    s.primary(0, 1).primary(1, 1, {.identifier = 8});
    EXPECT_EQ(s.who_is_primary(), "none");
}

TEST(other_cluster, a_lone_stranger_does_not_take_over) {
    story s(3);
    s.primary(0, 1).replica(1, 1);
    EXPECT_EQ(s.who_is_primary(), "a");
    s.primary(2, 1, {.identifier = 8}).fails(0).fails(0);
    EXPECT_EQ(s.who_is_primary(), "none");
    EXPECT_TRUE(s.look(1).up);
    EXPECT_FALSE(s.look(2).up);
}

TEST(other_cluster, the_primary_itself_made_anew_is_the_cluster) {
    story s(2);
    s.primary(0, 900).replica(1, 900);
    EXPECT_EQ(s.who_is_primary(), "a");
    s.at(10).primary(0, 5, {.identifier = 8, .started = 99});
    EXPECT_EQ(s.who_is_primary(), "a");
    EXPECT_FALSE(s.look(1).up) << "still a replica of what was there before";
    s.at(20).replica(1, 5, {.identifier = 8, .started = 98});
    EXPECT_TRUE(s.look(1).up);
}

TEST(other_timeline, a_replica_keeps_the_latest_timeline_of_its_life) {
    story s(2);
    s.primary(0, 0x900, {.timeline = 3}).replica(1, 0x800, {.timeline = 3});
    s.at(10).replica(1, 0x810, {.timeline = 2});
    EXPECT_EQ(s.look(1).known.timeline, 3u) << "its receiver is away, it answers what it knows";
    s.at(20).replica(1, 0x810, {.timeline = 2, .started = 99});
    EXPECT_EQ(s.look(1).known.timeline, 2u) << "another life";
}

TEST(other_timeline, a_replica_left_behind_reaches_nothing_of_the_new_one) {
    story s(2);
    s.primary(0, 0x900, {.timeline = 2}).replica(1, 0xA00, {.timeline = 1});
    auto seen = s.look();
    EXPECT_FALSE(has_reached(seen->nodes[1].known, seen->nodes[0].known));
    EXPECT_EQ(seen->nodes[1].known.at.value, 0xA00u);
    EXPECT_TRUE(seen->nodes[1].up);
}

TEST(two_primaries, of_one_timeline_the_one_that_patroni_calls_the_leader_counts) {
    story s(3);
    s.primary(0, 0x900, {.timeline = 2}).primary(1, 0x990, {.timeline = 2}).replica(2, 0x800, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "none");
    s.leads(id(1));
    EXPECT_EQ(s.who_is_primary(), "b");
    EXPECT_THAT(s.look(0).trouble, HasSubstr("b is a primary of the same timeline 2, and the one that Patroni calls"));
    s.leads(std::nullopt);
    EXPECT_EQ(s.who_is_primary(), "none") << "nobody leads";
    s.leads(id(2));
    EXPECT_EQ(s.who_is_primary(), "none") << "it leads, and is no primary yet";
}

TEST(two_primaries, of_one_timeline_and_an_old_word_of_patroni_neither_counts) {
    story s(2);
    s.leads(id(0)).primary(0, 0x900, {.timeline = 2}).primary(1, 0x990, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "a");
    s.at(9000).primary(0, 0x900, {.timeline = 2}).primary(1, 0x990, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "a");
    s.at(10'100).primary(0, 0x900, {.timeline = 2}).primary(1, 0x990, {.timeline = 2});
    EXPECT_EQ(s.who_is_primary(), "none");
}

TEST(two_primaries, the_higher_timeline_counts_whoever_leads) {
    story s(2);
    s.primary(0, 0x900, {.timeline = 2}).primary(1, 0x990, {.timeline = 3}).leads(id(0));
    EXPECT_EQ(s.who_is_primary(), "b");
}

}  // namespace

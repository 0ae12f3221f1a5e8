#include <gtest/gtest.h>

#include "unit/cluster/probes.hpp"

namespace {

using namespace weir::cluster;
using namespace weir::cluster::test;

TEST(lag, is_zero_on_an_idle_cluster_whatever_the_replay_age) {
    story s(2);
    for (int ms = 0; ms < 10000; ms += 100)
        s.at(ms).primary(0, 0x5000).replica(1, 0x5000, {.age_ms = 3600000 + ms});
    EXPECT_EQ(s.look(1).lag_ms, 0);
    EXPECT_EQ(s.look(1).lag_bytes, 0);
}

TEST(lag, counts_the_bytes_behind_the_primary) {
    story s(2);
    s.primary(0, 0x5000).replica(1, 0x4000);
    EXPECT_EQ(s.look(1).lag_bytes, 0x1000);
    EXPECT_EQ(s.look(0).lag_bytes, 0);
}

TEST(lag, a_replica_ahead_of_what_is_known_of_the_primary_has_none) {
    story s(2);
    s.primary(0, 0x5000).at(90).replica(1, 0x6000, {.age_ms = 20});
    EXPECT_EQ(s.look(1).lag_bytes, 0);
    EXPECT_EQ(s.look(1).lag_ms, 0);
}

TEST(lag, in_milliseconds_is_since_the_primary_was_last_seen_there) {
    story s(2);
    for (int ms = 0; ms <= 1000; ms += 100)
        s.at(ms).primary(0, 0x1000 + static_cast<std::uint64_t>(ms)).replica(1, 0x1000);
    // The primary was at 0x1000 at 0 ms, and beyond it at 100.
    EXPECT_EQ(s.look(1).lag_ms, 1000);
    s.at(1050).replica(1, 0x1000 + 650);
    EXPECT_EQ(s.look(1).lag_ms, 450) << "last seen at or before it at 600 ms";
    EXPECT_EQ(s.look(1).lag_bytes, 350);
}

TEST(lag, counts_from_the_end_of_idleness_not_from_its_beginning) {
    story s(2);
    for (int ms = 0; ms <= 60000; ms += 100) s.at(ms).primary(0, 0x1000).replica(1, 0x1000);
    s.at(60100).primary(0, 0x2000).replica(1, 0x1000, {.age_ms = 60100});
    EXPECT_EQ(s.look(1).lag_ms, 100);
    s.at(60110).replica(1, 0x2000);
    EXPECT_EQ(s.look(1).lag_ms, 0);
}

TEST(lag, grows_while_a_stopped_replica_is_looked_at) {
    story s(2);
    s.at(0).primary(0, 0x1000).replica(1, 0x1000).at(100).primary(0, 0x2000);
    EXPECT_EQ(s.look(1).lag_ms, 100);
    EXPECT_EQ(s.at(2500).look(1).lag_ms, 2500);
}

TEST(lag, beyond_what_was_seen_of_the_primary_the_replay_age_speaks) {
    story s(2);
    s.primary(0, 0x5000).replica(1, 0x1000, {.age_ms = 10800000, .received = 0x5000});
    EXPECT_EQ(s.look(1).lag_ms, 10800000) << "a replica delayed by hours, seen for the first time";
    s.at(500).replica(1, 0x1000, {.age_ms = -1});
    EXPECT_EQ(s.look(1).lag_ms, 500) << "at least as long as the primary is known to be ahead";
}

TEST(lag, goes_on_against_the_lost_primary) {
    story s(2);
    s.at(0).primary(0, 0x1000).replica(1, 0x1000).at(100).primary(0, 0x2000);
    s.at(200).fails(0).fails(0).replica(1, 0x1800);
    EXPECT_EQ(s.who_is_primary(), "none");
    EXPECT_EQ(s.look(1).lag_bytes, 0x800);
    EXPECT_EQ(s.look(1).lag_ms, 200);
    s.at(300).replica(1, 0x2000);
    EXPECT_EQ(s.look(1).lag_ms, 0);
}

TEST(lag, a_replica_has_replayed_all_where_nothing_that_it_received_is_left) {
    story s(3);
    s.primary(0, 0x5000).replica(1, 0x1000, {.received = 0x1000}).replica(2, 0x1000, {.received = 0x1001});
    EXPECT_TRUE(s.look(1).all_replayed);
    EXPECT_FALSE(s.look(2).all_replayed);
    EXPECT_FALSE(s.look(0).all_replayed);
}

TEST(lag, with_no_primary_ever_seen_is_what_was_received_and_not_replayed) {
    story s(2);
    s.replica(0, 0x1000, {.age_ms = 5000, .received = 0x1800}).replica(1, 0x1000, {.age_ms = 5000});
    EXPECT_EQ(s.look(0).lag_bytes, 0x800);
    EXPECT_EQ(s.look(0).lag_ms, 5000);
    EXPECT_EQ(s.look(1).lag_bytes, 0);
    EXPECT_EQ(s.look(1).lag_ms, 0);
}

TEST(lag, on_another_timeline_counts_from_when_the_new_one_was_first_seen) {
    story s(2);
    s.at(0).primary(0, 0x1000).replica(1, 0x1000);
    s.at(100).primary(0, 0x900, {.timeline = 2});
    s.at(700).primary(0, 0x900, {.timeline = 2}).replica(1, 0x1000);
    EXPECT_EQ(s.look(1).lag_ms, 600);
    s.at(800).replica(1, 0x900, {.timeline = 2});
    EXPECT_EQ(s.look(1).lag_ms, 0);
}

TEST(lag, over_four_gigabytes_of_wal) {
    story s(2);
    s.primary(0, 0x100000010).replica(1, 0xFFFFFFF0);
    EXPECT_EQ(s.look(1).lag_bytes, 0x20);
    s.at(10).replica(1, 0x0FFFFFFF0 - 0xF0000000);
    EXPECT_EQ(s.look(1).lag_bytes, 0x100000010 - 0x0FFFFFF0);
    s.at(20).primary(0, 0x7FFFFFFFFFFFFFFF).replica(1, 0x10);
    EXPECT_EQ(s.look(1).lag_bytes, 0x7FFFFFFFFFFFFFEF);
}

TEST(primary_trail, one_history_at_a_time) {
    primary_trail trail;
    EXPECT_TRUE(trail.empty());
    trail.add(at_ms(0), {7, 1, weir::lsn{10}});
    trail.add(at_ms(10), {7, 1, weir::lsn{20}});
    EXPECT_EQ(trail.behind({7, 1, weir::lsn{10}}, at_ms(30)), weir::milliseconds(30));
    EXPECT_EQ(trail.behind({7, 1, weir::lsn{9}}, at_ms(30)), std::nullopt);
    EXPECT_EQ(trail.behind({7, 2, weir::lsn{99}}, at_ms(30)), std::nullopt);
    EXPECT_EQ(trail.behind({8, 1, weir::lsn{99}}, at_ms(30)), std::nullopt);
    trail.add(at_ms(40), {7, 2, weir::lsn{15}});
    EXPECT_EQ(trail.last(), (position{7, 2, weir::lsn{15}}));
    EXPECT_EQ(trail.behind({7, 1, weir::lsn{20}}, at_ms(50)), std::nullopt);
    EXPECT_EQ(trail.since_start(at_ms(50)), weir::milliseconds(10));
}

TEST(primary_trail, forgets_what_a_restored_server_no_longer_has) {
    primary_trail trail;
    trail.add(at_ms(0), {7, 1, weir::lsn{10}});
    trail.add(at_ms(10), {7, 1, weir::lsn{30}});
    trail.add(at_ms(20), {7, 1, weir::lsn{20}});
    EXPECT_EQ(trail.last().at.value, 20u);
    EXPECT_EQ(trail.behind({7, 1, weir::lsn{15}}, at_ms(50)), weir::milliseconds(50));
}

TEST(primary_trail, is_bounded) {
    primary_trail trail;
    for (int i = 0; i < 100000; ++i)
        trail.add(at_ms(i), {7, 1, weir::lsn{static_cast<std::uint64_t>(i + 1)}});
    EXPECT_LT(trail.since_start(at_ms(100000)), weir::milliseconds(5000));
    EXPECT_EQ(trail.behind({7, 1, weir::lsn{99999}}, at_ms(100000)), weir::milliseconds(2));
}

TEST(position, compares_within_one_history_only) {
    position wanted{7, 2, weir::lsn{0x100000000}};
    EXPECT_TRUE(has_reached({7, 2, weir::lsn{0x100000000}}, wanted));
    EXPECT_FALSE(has_reached({7, 2, weir::lsn{0xFFFFFFFF}}, wanted));
    EXPECT_FALSE(has_reached({7, 3, weir::lsn{0x200000000}}, wanted));
    EXPECT_FALSE(has_reached({8, 2, weir::lsn{0x200000000}}, wanted));
}

}  // namespace

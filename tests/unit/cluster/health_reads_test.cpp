// What health makes of replicas that are slow, come back, are suspected or cancel reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/changes.hpp"
#include "unit/cluster/probes.hpp"

namespace {

using namespace weir::cluster;
using namespace weir::cluster::test;
using testing::HasSubstr;
using testing::StartsWith;

/// A primary and two replicas, the second of which takes so long to answer.
void go_on(story& s, std::int64_t from, std::int64_t until, std::int64_t slow_ms) {
    for (auto t = from; t < until; t += 100) s.at(t).primary(0, 1).answers_after(1, 1).answers_after(2, slow_ms);
}

TEST(health_reads, a_slow_replica_is_up_and_in_trouble_and_comes_back_by_slow_start) {
    story s(3);
    go_on(s, 0, 1000, 1);
    auto before = s.look();
    EXPECT_EQ(before->nodes[2].trouble, "");
    go_on(s, 1000, 2000, 400);
    EXPECT_EQ(s.look()->nodes[2].read_percent, 50u);
    EXPECT_EQ(s.look()->nodes[2].read_limit, share_limit::slow_answers);
    go_on(s, 2000, 6000, 400);
    auto slow = s.look();
    EXPECT_TRUE(slow->nodes[2].up);
    EXPECT_THAT(slow->nodes[2].trouble, StartsWith("slow: it answers a probe after 400 ms, other replicas after 1 ms"));
    EXPECT_EQ(slow->nodes[1].trouble, "");
    EXPECT_THAT(changes(*before, *slow).at(0).text, HasSubstr("c is not read from: slow"));
    go_on(s, 6000, 8000, 1);
    auto back = s.look();
    EXPECT_EQ(back->nodes[2].trouble, "");
    EXPECT_LT(back->nodes[2].read_percent, 50u);
    EXPECT_EQ(back->nodes[2].read_limit, share_limit::slow_start);
    EXPECT_EQ(changes(*slow, *back), (std::vector{change{false, "c is read from again"}}));
    go_on(s, 8000, 14'000, 1);
    EXPECT_EQ(s.look(2).read_percent, 100u);
}

TEST(health_reads, a_replica_that_was_down_comes_back_by_slow_start_and_one_first_seen_does_not) {
    story s(2);
    s.primary(0, 1).replica(1, 1);
    EXPECT_EQ(s.look(1).read_percent, 100u);
    s.fails(1).fails(1).at(1000).replica(1, 1);
    EXPECT_TRUE(s.look(1).up);
    EXPECT_EQ(s.look(1).read_percent, 10u);
    s.at(6000);
    EXPECT_EQ(s.look(1).read_percent, 100u);
}

TEST(health_reads, a_failure_that_was_forgiven_costs_no_share) {
    story s(2);
    s.primary(0, 1).replica(1, 1).fails(1).replica(1, 1);
    EXPECT_EQ(s.look(1).read_percent, 100u);
}

TEST(health_reads, what_sessions_saw_and_one_failed_probe_are_enough) {
    story s(2);
    s.primary(0, 1).replica(1, 1).suspects(1);
    EXPECT_TRUE(s.look(1).up) << "one connection's end proves nothing";
    s.replica(1, 1).fails(1);
    EXPECT_TRUE(s.look(1).up) << "an answer has cleared it";
    s.replica(1, 1).suspects(1).suspects(1).fails(1, "connection refused");
    EXPECT_FALSE(s.look(1).up);
    EXPECT_EQ(s.look(1).trouble, "connection refused");
    s.suspects(7);
}

TEST(health_reads, a_recovery_conflict_lowers_the_share_of_that_replica) {
    story s(3);
    s.primary(0, 1).replica(1, 1).replica(2, 1).conflict(2).conflict(9);
    EXPECT_EQ(s.look(2).read_percent, 50u);
    EXPECT_EQ(s.look(2).read_limit, share_limit::recovery_conflicts);
    EXPECT_EQ(s.look(1).read_percent, 100u);
    EXPECT_EQ(s.look(2).trouble, "") << "it is read from all the same";
}

TEST(health_reads, the_only_replica_and_the_primary_are_never_slow) {
    story s(2);
    for (int t = 0; t < 3000; t += 100) s.at(t).primary(0, 1).answers_after(1, 700);
    EXPECT_EQ(s.look(1).trouble, "");
    EXPECT_EQ(s.look(0).trouble, "");
}

}  // namespace

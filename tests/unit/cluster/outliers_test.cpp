// Which replicas are too slow to be read from, by the times of their answers alone.
#include "cluster/outliers.hpp"

#include <gtest/gtest.h>

#include "unit/cluster/probes.hpp"

namespace {

using namespace weir::cluster;
using namespace weir::cluster::test;
using weir::milliseconds;

/// So many replicas that are asked every 100 ms; what one takes to answer is said.
class race {
public:
    explicit race(int count, outlier_settings settings = {}) : under_test(settings), takes(count, 1) {
        for (int i = 0; i < count; ++i) replicas.push_back(id(i));
    }
    race& runs(std::int64_t ms) {
        for (const auto until = now + ms; now < until; now += 100) {
            for (const auto& replica : replicas)
                under_test.on_answer(replica, milliseconds(takes[replica.value]));
            under_test.judge(replicas, at_ms(now));
        }
        return *this;
    }
    race& slow(int node, std::int64_t ms) { return takes[static_cast<std::size_t>(node)] = ms, *this; }
    std::uint32_t share(int node) const { return under_test.share(id(node)); }
    std::string out() const {
        std::string names;
        for (std::size_t i = 0; i < takes.size(); ++i)
            if (under_test.is_out(id(static_cast<int>(i)))) names += static_cast<char>('a' + i);
        return names;
    }

    outliers under_test;
    std::vector<std::int64_t> takes;
    std::vector<weir::node_id> replicas;
    std::int64_t now = 0;
};

TEST(outliers, one_that_stays_slow_is_out_and_one_late_answer_is_nothing) {
    race r(3);
    r.runs(1000).slow(1, 400).runs(200).slow(1, 1).runs(2000);
    EXPECT_EQ(r.out(), "");
    r.slow(1, 400).runs(500);
    EXPECT_EQ(r.out(), "") << "not long enough";
    EXPECT_EQ(r.share(1), 100u);
    r.runs(4000);
    EXPECT_EQ(r.out(), "b");
}

TEST(outliers, slow_is_against_the_others_and_never_below_the_least) {
    race r(3);
    r.slow(0, 300).slow(1, 300).slow(2, 300).runs(5000);
    EXPECT_EQ(r.out(), "") << "all alike";
    r.slow(2, 1400).runs(5000);
    EXPECT_EQ(r.out(), "") << "not five times";
    r.slow(2, 1600).runs(5000);
    EXPECT_EQ(r.out(), "c");
    race fast(2);
    fast.slow(1, 50).runs(5000);
    EXPECT_EQ(fast.out(), "") << "50 times as slow, and fast enough";
}

TEST(outliers, never_more_than_their_share_and_the_slowest_first) {
    race r(4);
    r.slow(0, 300).slow(1, 500).slow(2, 400).runs(5000);
    EXPECT_EQ(r.out(), "") << "most of them are slow: that is how it is here";
    race two(5);
    two.slow(0, 300).slow(1, 500).runs(5000);
    EXPECT_EQ(two.out(), "ab");
    outlier_settings third;
    third.most_percent = 34;
    race one(3, third);
    one.slow(0, 300).slow(1, 500).runs(5000);
    EXPECT_EQ(one.out(), "b");
    third.most_percent = 0;
    race none(3, third);
    EXPECT_EQ(none.slow(0, 300).runs(5000).out(), "");
}

TEST(outliers, one_of_two_may_be_out_and_the_last_one_never) {
    race r(2);
    r.slow(0, 300).runs(5000);
    EXPECT_EQ(r.out(), "a");
    r.replicas.pop_back();
    r.runs(100);
    EXPECT_EQ(r.out(), "");
    race alone(1);
    EXPECT_EQ(alone.slow(0, 900).runs(5000).out(), "");
}

TEST(outliers, it_comes_back_when_it_has_kept_up_for_a_while) {
    race r(3);
    r.runs(1000).slow(1, 400).runs(5000);
    ASSERT_EQ(r.out(), "b");
    r.slow(1, 40).runs(5000);
    EXPECT_EQ(r.out(), "b") << "between the two limits nothing changes";
    r.slow(1, 1).runs(1000);
    EXPECT_EQ(r.out(), "b") << "fast, and not for long enough";
    r.runs(500);
    EXPECT_EQ(r.out(), "");
}

TEST(outliers, each_time_again_it_waits_longer_until_it_is_forgiven) {
    race r(3);
    const auto time_out = [&] {
        r.slow(1, 400).runs(5000).slow(1, 1);
        EXPECT_EQ(r.out(), "b");
        const auto since = r.now;
        while (r.out() == "b" && r.now < since + 100'000) r.runs(100);
        return r.now - since;
    };
    r.runs(1000);
    const auto first = time_out();
    EXPECT_GE(first, 1000);
    EXPECT_LE(first, 1500);
    EXPECT_GE(time_out(), 2000);
    EXPECT_GE(time_out(), 4000);
    for (int i = 0; i < 6; ++i) time_out();
    EXPECT_LE(time_out(), 31'000) << "no longer than the longest";
    r.runs(61'000);
    EXPECT_EQ(time_out(), first);
}

TEST(outliers, who_was_down_begins_anew) {
    race r(3);
    r.runs(1000).slow(1, 400).runs(5000);
    ASSERT_EQ(r.out(), "b");
    r.under_test.forget(id(1));
    EXPECT_EQ(r.out(), "");
    EXPECT_FALSE(r.under_test.usual(id(1)));
}

TEST(outliers, a_factor_of_0_leaves_nobody_out) {
    outlier_settings off;
    off.factor = 0;
    race r(3, off);
    EXPECT_EQ(r.slow(1, 900).runs(5000).out(), "");
}

TEST(outliers, who_is_slow_is_given_less_step_by_step_before_it_is_out) {
    race r(3);
    r.runs(1000).slow(1, 400).runs(800);
    EXPECT_EQ(r.share(1), 50u);
    r.runs(500);
    EXPECT_EQ(r.share(1), 25u);
    r.runs(500);
    EXPECT_EQ(r.share(1), 10u);
    EXPECT_EQ(r.out(), "");
    r.slow(1, 1).runs(1000);
    EXPECT_GT(r.share(1), 10u) << "with fewer reads it is fast";
    r.runs(2500);
    EXPECT_EQ(r.share(1), 100u);
    EXPECT_EQ(r.share(0), 100u);
}

TEST(outliers, who_is_slow_for_being_busy_is_not_out) {
    // As slow as the part of the reads that it has: what one is not given the other has.
    race r(2);
    for (int turn = 0; turn < 300; ++turn) {
        const auto all = r.share(0) + r.share(1);
        r.slow(0, 10 + 600 * (r.share(0) * 100 / all) / 100).slow(1, 10 + 90 * (r.share(1) * 100 / all) / 100).runs(100);
        ASSERT_EQ(r.out(), "") << "after " << r.now << " ms";
    }
}

}  // namespace

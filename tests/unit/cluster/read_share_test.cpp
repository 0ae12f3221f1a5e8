#include "cluster/read_share.hpp"

#include <gtest/gtest.h>

#include "unit/cluster/probes.hpp"

namespace {

using namespace weir::cluster;
using namespace weir::cluster::test;
using weir::milliseconds;

const share_settings usual;

TEST(read_share, is_full_where_nothing_has_happened) {
    const read_share s;
    EXPECT_EQ(s.at(at_ms(0), usual).percent, 100u);
    EXPECT_EQ(s.at(at_ms(0), usual).why, share_limit::none);
}

TEST(read_share, rises_by_tens_after_coming_back) {
    read_share s;
    s.come_back(at_ms(0));
    EXPECT_EQ(s.at(at_ms(0), usual).percent, 10u);
    EXPECT_EQ(s.at(at_ms(0), usual).why, share_limit::slow_start);
    EXPECT_EQ(s.at(at_ms(2500), usual).percent, 50u);
    EXPECT_EQ(s.at(at_ms(4999), usual).percent, 90u);
    EXPECT_EQ(s.at(at_ms(5000), usual).percent, 100u);
    EXPECT_EQ(s.at(at_ms(5000), usual).why, share_limit::none);
    EXPECT_EQ(s.at(at_ms(0), {.slow_start = milliseconds(0)}).percent, 100u);
}

TEST(read_share, a_conflict_halves_it_for_a_while) {
    read_share s;
    s.on_conflict(at_ms(0), usual);
    s.on_conflict(at_ms(50), usual);
    EXPECT_EQ(s.at(at_ms(50), usual).percent, 50u) << "one record, many sessions";
    EXPECT_EQ(s.at(at_ms(50), usual).why, share_limit::recovery_conflicts);
    s.on_conflict(at_ms(150), usual);
    EXPECT_EQ(s.at(at_ms(150), usual).percent, 20u);
    for (int i = 1; i < 20; ++i) s.on_conflict(at_ms(150 + 100 * i), usual);
    EXPECT_EQ(s.at(at_ms(2050), usual).percent, 10u) << "never none";
    EXPECT_EQ(s.at(at_ms(7050), usual).percent, 50u);
    EXPECT_EQ(s.at(at_ms(12'050), usual).percent, 100u);
}

TEST(read_share, the_smaller_of_the_two_counts) {
    read_share s;
    s.come_back(at_ms(0));
    s.on_conflict(at_ms(4000), usual);
    EXPECT_EQ(s.at(at_ms(4000), usual).why, share_limit::recovery_conflicts);
    EXPECT_EQ(to_string(share_limit::recovery_conflicts), "recovery conflicts");
    EXPECT_EQ(to_string(share_limit::slow_start), "slow start");
    EXPECT_EQ(to_string(share_limit::none), "");
}

}  // namespace

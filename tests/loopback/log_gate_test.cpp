#include "net/log_gate.hpp"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

using std::chrono::seconds;

TEST(log_gate, lets_ten_through_at_once_and_then_one_a_second) {
    log_gate gate;
    instant now{std::chrono::hours(1)};
    int through = 0;
    for (int i = 0; i < 1000; ++i) through += gate.lets(now);
    EXPECT_EQ(through, 10);
    EXPECT_EQ(gate.take_held_back(), 990u);
    EXPECT_EQ(gate.take_held_back(), 0u);
    now += seconds(1);
    EXPECT_TRUE(gate.lets(now));
    EXPECT_FALSE(gate.lets(now));
    now += seconds(100);
    through = 0;
    for (int i = 0; i < 1000; ++i) through += gate.lets(now);
    EXPECT_EQ(through, 10);
}

}  // namespace
}  // namespace weir::net

#include "net/log_gate.hpp"
#include "net/log_limits.hpp"

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

TEST(log_limits, lines_of_one_kind_share_a_gate) {
    EXPECT_EQ(kind_of_line("no connection to 127.0.0.1:5433 for app@shop: connection refused"),
              kind_of_line("no connection to 10.0.0.2:5432 for other@db: connection refused"));
    EXPECT_EQ(kind_of_line("client 17 asks for user \"a\" too often"), kind_of_line("client 18 asks for user \"b\" too often"));
    EXPECT_NE(kind_of_line("cluster: n1:5432 is down"), kind_of_line("cluster: n1:5432 is up"));
    EXPECT_NE(kind_of_line("reload refused"), kind_of_line("reload taken"));
    EXPECT_EQ(kind_of_line(""), kind_of_line("12 34"));
}

TEST(log_limits, one_kind_does_not_hide_another) {
    log_limits limits;
    const instant now{std::chrono::hours(1)};
    int through = 0;
    for (int i = 0; i < 1000; ++i) through += limits.gate_of("disk " + std::to_string(i) + " is full").lets(now);
    EXPECT_EQ(through, log_limits::lines_at_once);
    EXPECT_TRUE(limits.gate_of("the cat is gone").lets(now));
    EXPECT_EQ(limits.gate_of("disk 5 is full").take_held_back(), 1000u - log_limits::lines_at_once);
}

TEST(log_limits, kinds_are_bounded) {
    log_limits limits;
    const instant now{std::chrono::hours(1)};
    int through = 0;
    for (std::size_t i = 0; i < 2 * log_limits::most_kinds; ++i) {
        const std::string word{static_cast<char>('a' + i / 676), static_cast<char>('a' + i / 26 % 26), static_cast<char>('a' + i % 26)};
        through += limits.gate_of(word).lets(now);
    }
    EXPECT_EQ(static_cast<std::size_t>(through), log_limits::most_kinds + log_limits::lines_at_once);
}

}  // namespace
}  // namespace weir::net

#include "config/nearest.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace weir::config {
namespace {

TEST(EditDistance, CountsTheSteps) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("abc", ""), 3U);
    EXPECT_EQ(edit_distance("workers", "workers"), 0U);
    EXPECT_EQ(edit_distance("worker", "workers"), 1U);
    EXPECT_EQ(edit_distance("wrokers", "workers"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(EditDistance, CaseAndDashesDoNotCount) {
    EXPECT_EQ(edit_distance("Max-Clients", "max_clients"), 0U);
}

TEST(Nearest, TheFirstOfEquals) {
    const std::array<std::string_view, 3> known{"cat", "bat", "listen"};
    EXPECT_EQ(nearest("rat", known), "cat");
    EXPECT_EQ(nearest("lisen", known), "listen");
    EXPECT_EQ(nearest("", known), "cat");
    EXPECT_EQ(nearest("x", {}), "");
}

TEST(Nearest, AHugeWordCostsLittle) {
    const std::array<std::string_view, 2> known{"a", "listen"};
    EXPECT_FALSE(nearest(std::string(10'000'000, 'x'), known).empty());
}

}  // namespace
}  // namespace weir::config

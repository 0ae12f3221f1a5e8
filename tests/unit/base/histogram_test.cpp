#include "base/histogram.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(histogram, tells_the_bound_below_which_a_share_is) {
    histogram h;
    EXPECT_EQ(quantile(h, 0.5), 0);
    for (int i = 0; i < 98; ++i) h.add(std::chrono::microseconds(300));
    h.add(milliseconds(40));
    h.add(std::chrono::seconds(100));
    EXPECT_EQ(quantile(h, 0.5), 0.0005);
    EXPECT_EQ(quantile(h, 0.99), 0.05);
    EXPECT_EQ(quantile(h, 1), 30);  // above the last bound
    EXPECT_EQ(h.total(), 100u);
}

}  // namespace
}  // namespace weir

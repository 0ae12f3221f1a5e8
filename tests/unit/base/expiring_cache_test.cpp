#include "base/expiring_cache.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

using std::chrono::seconds;

const instant start{std::chrono::hours(1)};

TEST(expiring_cache, a_value_lives_for_its_time) {
    expiring_cache<int> cache(10);
    cache.put("a", 1, start + seconds(5));
    ASSERT_NE(cache.find("a", start + seconds(4)), nullptr);
    EXPECT_EQ(*cache.find("a", start), 1);
    EXPECT_EQ(cache.find("a", start + seconds(5)), nullptr);
    EXPECT_EQ(cache.size(), 0u);
}

TEST(expiring_cache, the_one_not_asked_for_longest_makes_room) {
    expiring_cache<int> cache(2);
    cache.put("a", 1, never);
    cache.put("b", 2, never);
    cache.find("a", start);
    cache.put("c", 3, never);
    EXPECT_EQ(cache.find("b", start), nullptr);
    EXPECT_NE(cache.find("a", start), nullptr);
    EXPECT_EQ(cache.size(), 2u);
}

TEST(expiring_cache, a_new_value_takes_the_place_of_the_old) {
    expiring_cache<int> cache(2);
    cache.put("a", 1, never);
    cache.put("a", 2, never);
    EXPECT_EQ(cache.size(), 1u);
    EXPECT_EQ(*cache.find("a", start), 2);
    cache.erase("a");
    cache.erase("a");
    cache.put("b", 1, never);
    cache.clear();
    EXPECT_EQ(cache.find("b", start), nullptr);
}

TEST(expiring_cache, a_time_can_be_made_shorter_and_not_longer) {
    expiring_cache<int> cache(2);
    cache.put("a", 1, start + seconds(5));
    cache.shorten("a", start + seconds(9));
    EXPECT_EQ(cache.find("a", start + seconds(6)), nullptr);
    cache.put("a", 1, start + seconds(5));
    cache.shorten("a", start + seconds(2));
    cache.shorten("none", start);
    EXPECT_NE(cache.find("a", start + seconds(1)), nullptr);
    EXPECT_EQ(cache.find("a", start + seconds(2)), nullptr);
}

}  // namespace
}  // namespace weir

#include "base/rare.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weir {
namespace {

TEST(rare, takes_the_room_of_a_pointer) { EXPECT_EQ(sizeof(rare<std::string>), sizeof(void*)); }

TEST(rare, is_there_once_it_was_given) {
    rare<std::string> it;
    EXPECT_FALSE(it);
    it = std::string("one");
    ASSERT_TRUE(it);
    EXPECT_EQ(*it, "one");
    EXPECT_EQ(it->size(), 3u);
    it = std::string("another");
    EXPECT_EQ(*it, "another");
    it.reset();
    EXPECT_FALSE(it);
}

TEST(rare, moves) {
    rare<std::string> it(std::string("one"));
    rare<std::string> other = std::move(it);
    ASSERT_TRUE(other);
    EXPECT_EQ(*other, "one");
}

}  // namespace
}  // namespace weir

#include "base/repeated_word.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

constexpr instant start{milliseconds(1000)};

TEST(repeated_word, is_due_once_in_five_seconds) {
    repeated_word word;
    EXPECT_TRUE(word.is_due("too many open files", start));
    EXPECT_FALSE(word.is_due("too many open files", start));
    EXPECT_FALSE(word.is_due("too many open files", start + milliseconds(4999)));
    EXPECT_TRUE(word.is_due("too many open files", start + milliseconds(5000)));
    EXPECT_FALSE(word.is_due("too many open files", start + milliseconds(9999)));
}

TEST(repeated_word, another_one_is_due_at_once) {
    repeated_word word;
    EXPECT_TRUE(word.is_due("too many open files", start));
    EXPECT_TRUE(word.is_due("no answer in time", start + milliseconds(1)));
    EXPECT_TRUE(word.is_due("too many open files", start + milliseconds(2)));
    EXPECT_FALSE(word.is_due("too many open files", start + milliseconds(3)));
}

}  // namespace
}  // namespace weir

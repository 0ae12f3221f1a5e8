#include "routing/reason.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace weir::routing {
namespace {

reason nth(std::size_t i) { return static_cast<reason>(i); }

TEST(reason, every_one_has_a_word_of_its_own_that_fits_a_label) {
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < reason_count; ++i) {
        const auto word = to_string(nth(i));
        EXPECT_NE(word, "unknown") << i;
        EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), word.npos) << word;
        EXPECT_TRUE(words.insert(word).second) << word;
    }
}

TEST(reason, every_one_has_a_phrase_of_its_own) {
    std::set<std::string_view> phrases;
    for (std::size_t i = 0; i < reason_count; ++i) {
        const auto told = phrase(nth(i));
        EXPECT_NE(told, "unknown") << i;
        EXPECT_GT(told.size(), 10u) << told;
        EXPECT_TRUE(phrases.insert(told).second) << told;
    }
}

TEST(reason, the_last_one_is_counted) {
    EXPECT_EQ(to_string(nth(reason_count)), "unknown");
    EXPECT_EQ(phrase(nth(reason_count)), "unknown");
}

}  // namespace
}  // namespace weir::routing

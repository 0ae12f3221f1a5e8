#include "core/text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/number.hpp"

namespace shop::core {
namespace {

TEST(text, utf8_of_every_length_is_taken) {
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8("plain"));
    EXPECT_TRUE(is_utf8("\u00e9 \u20ac \U0001F6F6"));
    EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF"));
}

TEST(text, what_postgresql_refuses_is_refused) {
    EXPECT_FALSE(is_utf8("\x80"));                  // a continuation without its start
    EXPECT_FALSE(is_utf8("\xC3"));                  // cut short
    EXPECT_FALSE(is_utf8("\xE2\x82"));              // cut short
    EXPECT_FALSE(is_utf8("\xE2\x28\xA1"));          // no continuation
    EXPECT_FALSE(is_utf8("\xC0\xAF"));              // overlong /
    EXPECT_FALSE(is_utf8("\xE0\x80\xAF"));          // overlong /
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));          // surrogate
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));      // above U+10FFFF
    EXPECT_FALSE(is_utf8("\xF8\x88\x80\x80\x80"));  // five bytes
    EXPECT_FALSE(is_utf8("\xFF"));
}

TEST(text, plain_text_has_no_control_characters) {
    EXPECT_TRUE(is_plain_text("an oak mug"));
    EXPECT_FALSE(is_plain_text(std::string("a\0b", 3)));
    EXPECT_FALSE(is_plain_text("a\nb"));
    EXPECT_FALSE(is_plain_text("a\x7F"));
    EXPECT_FALSE(is_plain_text("\xC3"));
}

TEST(text, characters_are_counted_not_bytes) { EXPECT_EQ(character_count("\u00e9\u20ac!"), 3u); }

TEST(text, trims_both_ends_only) {
    EXPECT_EQ(trimmed(" \t a b \r\n"), "a b");
    EXPECT_EQ(trimmed("   "), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(text, lower_case_touches_ascii_only) { EXPECT_EQ(ascii_lower("A\u00c9z"), "a\u00c9z"); }

TEST(number, digits_in_range_or_nothing) {
    EXPECT_EQ(number_in("42", 1, 100), 42);
    EXPECT_EQ(number_in("0", 0, 100), 0);
    EXPECT_EQ(number_in("101", 1, 100), std::nullopt);
    for (const auto* text : {"", "-1", "+1", " 1", "1 ", "1.5", "0x10", "1e3", "one"}) {
        EXPECT_EQ(number_in(text, -10, 100), std::nullopt) << text;
    }
}

TEST(number, an_id_is_a_positive_bigint) {
    EXPECT_EQ(id_of("9223372036854775807"), 9223372036854775807);
    EXPECT_EQ(id_of("9223372036854775808"), std::nullopt);
    EXPECT_EQ(id_of("0"), std::nullopt);
}

}  // namespace
}  // namespace shop::core

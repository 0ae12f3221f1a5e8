#include "admin/readable.hpp"

#include <gtest/gtest.h>

namespace weir::admin {
namespace {

TEST(readable, utf_8_stays_as_it_is) {
    for (const auto* text : {"", "shop", "Größe", "\u20ac", "\U0001f30a",
                             "\u0800\ud7ff\ue000\U0010ffff", "line\nbreak\ttab"})
        EXPECT_EQ(readable(text), text);
}

TEST(readable, each_byte_that_is_not_becomes_a_question_mark) {
    EXPECT_EQ(readable("\xff"), "?");
    EXPECT_EQ(readable("a\xe4z"), "a?z") << "LATIN1";
    EXPECT_EQ(readable("\xc3"), "?") << "cut off";
    EXPECT_EQ(readable("\xe2\x82"), "??") << "cut off";
    EXPECT_EQ(readable("\xe2\x82z"), "??z");
    EXPECT_EQ(readable("\x80"), "?") << "a continuation of nothing";
    EXPECT_EQ(readable("\xc0\xaf"), "??") << "overlong";
    EXPECT_EQ(readable("\xe0\x80\xaf"), "???") << "overlong";
    EXPECT_EQ(readable("\xf0\x80\x80\xaf"), "????") << "overlong";
    EXPECT_EQ(readable("\xed\xa0\x80"), "???") << "a surrogate";
    EXPECT_EQ(readable("\xf4\x90\x80\x80"), "????") << "above U+10FFFF";
    EXPECT_EQ(readable("\xf8\x88\x80\x80\x80"), "?????");
}

TEST(readable, names_are_cut_where_postgresql_cuts_them) {
    EXPECT_EQ(readable_name(std::string(63, 'x')), std::string(63, 'x'));
    EXPECT_EQ(readable_name(std::string(64, 'x')), std::string(63, 'x'));
    EXPECT_EQ(readable_name(std::string(62, 'x') + "ä"), std::string(62, 'x'))
        << "not in a character";
    EXPECT_EQ(readable_name(std::string(100, '\x80')).size(), 0u) << "no character begins in it";
}

TEST(readable, what_is_shortened_says_so) {
    EXPECT_EQ(shortened("12345", 5), "12345");
    EXPECT_EQ(shortened("123456", 5), "12...");
    EXPECT_EQ(shortened("1ä3456", 5), "1...");
}

}  // namespace
}  // namespace weir::admin

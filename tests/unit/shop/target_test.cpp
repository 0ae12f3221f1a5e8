#include "core/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace shop::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(target, the_root_has_no_segments) {
    const auto where = parse_target("/");
    ASSERT_TRUE(where);
    EXPECT_THAT(where->segments, IsEmpty());
    EXPECT_THAT(where->parameters, IsEmpty());
}

TEST(target, path_and_query_are_decoded) {
    const auto where = parse_target("/api/a%2Fb+c?search=oak+mug%21&page=2&empty=&flag");
    ASSERT_TRUE(where);
    EXPECT_THAT(where->segments, ElementsAre("api", "a/b+c"));
    EXPECT_THAT(where->parameters, ElementsAre(Pair("search", "oak mug!"), Pair("page", "2"),
                                               Pair("empty", ""), Pair("flag", "")));
}

TEST(target, a_parameter_is_found_by_name_first_one_wins) {
    const auto where = parse_target("/?a=1&a=2&b=x=y");
    ASSERT_TRUE(where);
    EXPECT_EQ(where->parameter("a"), "1");
    EXPECT_EQ(where->parameter("b"), "x=y");
    EXPECT_EQ(where->parameter("c"), "");
}

TEST(target, slashes_too_many_do_not_matter) {
    const auto where = parse_target("//api///products/");
    ASSERT_TRUE(where);
    EXPECT_THAT(where->segments, ElementsAre("api", "products"));
}

TEST(target, a_broken_one_is_refused) {
    for (const auto* text : {"", "api", "http://other/", "*", "/%", "/%2", "/%zz", "/?a=%4"}) {
        EXPECT_FALSE(parse_target(text)) << text;
    }
}

TEST(target, what_decodes_to_no_plain_text_is_refused) {
    for (const auto* text : {"/%00", "/?search=%00", "/?search=%FF", "/?search=%C3", "/%0a"}) {
        EXPECT_FALSE(parse_target(text)) << text;
    }
}

TEST(target, encoding_and_decoding_agree_on_every_printable_character) {
    std::string all = "\u00e9\u20ac";
    for (char c = 0x20; c < 0x7F; ++c) all += c;
    const auto where = parse_target("/?q=" + percent_encoded(all));
    ASSERT_TRUE(where);
    EXPECT_EQ(where->parameter("q"), all);
}

}  // namespace
}  // namespace shop::core

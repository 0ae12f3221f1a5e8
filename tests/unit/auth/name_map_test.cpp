#include "auth/name_map.hpp"

#include <gmock/gmock.h>

#include "unit/auth/files.hpp"

namespace weir::auth {
namespace {

using testing::ElementsAre;

name_map map_of(const std::string& text) {
    files f;
    auto made = parse_name_map(f.read(text));
    EXPECT_TRUE(made.faults.empty()) << made.faults.front().message;
    return made.map;
}

TEST(NameMap, WithoutAMapNamesMustBeTheSame) {
    const name_map none;
    EXPECT_TRUE(none.lets("", "ann", "ann"));
    EXPECT_FALSE(none.lets("", "ann", "bob"));
    EXPECT_FALSE(none.lets("", "", ""));
    EXPECT_FALSE(none.lets("people", "ann", "ann"));
}

TEST(NameMap, ANameMayHaveSeveralUsers) {
    const auto map = map_of("people ann shop\npeople ann ann\nothers bob shop\n");
    EXPECT_TRUE(map.lets("people", "ann", "shop"));
    EXPECT_TRUE(map.lets("people", "ann", "ann"));
    EXPECT_FALSE(map.lets("people", "bob", "shop"));
    EXPECT_TRUE(map.knows("others"));
    EXPECT_FALSE(map.knows("nobody"));
}

TEST(NameMap, TheFirstGroupOfAnExpressionStandsInTheUser) {
    const auto map = map_of("mail /^(.*)@example\\.com$ \\1\nmail /^(.*)@guests\\.org$ guest_\\1\nany root all\n"
                            "dev /^dev /^t_[0-9]+$\n");
    EXPECT_TRUE(map.lets("mail", "ann@example.com", "ann"));
    EXPECT_FALSE(map.lets("mail", "ann@example.org", "ann"));
    EXPECT_TRUE(map.lets("mail", "ann@guests.org", "guest_ann"));
    EXPECT_TRUE(map.lets("any", "root", "whoever"));
    EXPECT_TRUE(map.lets("dev", "developer", "t_12"));
    EXPECT_FALSE(map.lets("dev", "developer", "t_x"));
}

/// A name from outside must not become a keyword or an expression.
TEST(NameMap, WhatComesFromOutsideIsTakenByTheLetter) {
    const auto map = map_of("mail /^(.*)@example\\.com$ \\1\n");
    EXPECT_FALSE(map.lets("mail", "all@example.com", "ann"));
    EXPECT_TRUE(map.lets("mail", "all@example.com", "all"));
    EXPECT_FALSE(map.lets("mail", "/.*@example.com", "ann"));
}

TEST(NameMap, WhatIsRefused) {
    files f;
    const auto made = parse_name_map(f.read("people ann\npeople ann +staff\npeople /( x\npeople /^a$ \\1\na b,c d\n"));
    EXPECT_THAT(told(made.faults),
                ElementsAre("1: a line has three fields: the map, the outside name, the user of the database",
                            "2: \"+staff\": Weir does not know who is a member of which role",
                            "3: \"/(\" is no regular expression: missing ): (",
                            "4: regular expression \"/^a$\" has no subexpressions as requested by backreference in \"\\1\"",
                            "5: a field has one value"));
}

}  // namespace
}  // namespace weir::auth

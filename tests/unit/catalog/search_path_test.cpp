#include "catalog/search_path.hpp"

#include <gtest/gtest.h>

namespace weir::catalog {
namespace {

using names = std::vector<std::string>;

names read(std::string_view value, std::string_view user = "ann") {
    return read_search_path(value, user).value_or(names{"not a list"});
}

TEST(search_path, holds_what_the_setting_says_and_pg_catalog) {
    EXPECT_EQ(read("\"$user\", public"), (names{"ann", "pg_catalog", "public"}));
    EXPECT_EQ(read("public"), (names{"pg_catalog", "public"}));
    EXPECT_EQ(read("public, pg_catalog"), (names{"pg_catalog", "public"}));
    EXPECT_EQ(read(""), (names{"pg_catalog"}));
    EXPECT_EQ(read("\"\""), (names{"", "pg_catalog"}));
}

TEST(search_path, names_are_folded_unless_they_are_quoted) {
    EXPECT_EQ(read("Shop , \"Shop\",\"a\"\"b, c\""), (names{"Shop", "a\"b, c", "pg_catalog", "shop"}));
    EXPECT_EQ(read("a,b"), (names{"a", "b", "pg_catalog"}));
}

TEST(search_path, what_is_no_list_is_nothing) {
    EXPECT_FALSE(read_search_path("a,", "u"));
    EXPECT_FALSE(read_search_path(",a", "u"));
    EXPECT_FALSE(read_search_path("a b", "u"));
    EXPECT_FALSE(read_search_path("\"a", "u"));
    EXPECT_FALSE(read_search_path("\xc3\x84", "u")) << "folded by a locale that is not known";
    EXPECT_EQ(read("\"\xc3\x84\""), (names{"pg_catalog", "\xc3\x84"}));
}

}  // namespace
}  // namespace weir::catalog

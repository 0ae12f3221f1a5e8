#include "admin/query_string.hpp"

#include <gtest/gtest.h>

namespace weir::admin {
namespace {

TEST(query_string, is_decoded_as_forms_write_it) {
    EXPECT_EQ(query_value("a=1&statement=select+%27%C3%A9%27&b=", "statement"), "select 'é'");
    EXPECT_EQ(query_value("a=1&b=", "b"), "");
    EXPECT_EQ(query_value("a=1&b", "b"), "");
    EXPECT_EQ(query_value("a=1&a=2", "a"), "1");
    EXPECT_EQ(query_value("%61=x%3Dy", "a"), "x=y");
    EXPECT_EQ(query_value("a=1", "c"), std::nullopt);
    EXPECT_EQ(query_value("", "c"), std::nullopt);
}

TEST(query_string, leaves_what_is_no_code_as_it_is) {
    EXPECT_EQ(query_value("a=100%", "a"), "100%");
    EXPECT_EQ(query_value("a=%zz%4", "a"), "%zz%4");
    EXPECT_EQ(query_value("a=%-1", "a"), "%-1");
}

}  // namespace
}  // namespace weir::admin

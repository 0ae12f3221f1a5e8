#include "base/lsn.hpp"

#include <gtest/gtest.h>

namespace {

using weir::lsn;
using weir::parse_lsn;

TEST(lsn, reads_and_writes_what_postgresql_writes) {
    EXPECT_EQ(parse_lsn("16/B374D848"), lsn{0x16B374D848});
    EXPECT_EQ(to_string(lsn{0x16B374D848}), "16/B374D848");
    EXPECT_EQ(to_string(lsn{}), "0/0");
}

TEST(lsn, keeps_order_where_the_low_half_wraps) {
    auto before = parse_lsn("0/FFFFFFFF");
    auto after = parse_lsn("1/0");
    ASSERT_TRUE(before && after);
    EXPECT_LT(*before, *after);
    EXPECT_EQ(after->value - before->value, 1u);
}

TEST(lsn, refuses_what_is_not_a_position) {
    for (auto text : {"", "/", "1", "1/", "/1", "1/2/3", "123456789/0", "0/123456789", "-1/0",
                      "G/0", " 1/0", "1/0 "})
        EXPECT_FALSE(parse_lsn(text)) << text;
}

}  // namespace

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

TEST(lsn, the_last_record_ends_ahead_of_the_header_of_a_page_that_nothing_stands_in) {
    constexpr std::uint64_t page = 8192, segment = 16 * 1024 * 1024;
    const auto end = [](std::uint64_t inserted) {
        return end_of_last_record(lsn{inserted}, page, segment).value;
    };
    EXPECT_EQ(end(5 * page + 24), 5 * page);
    EXPECT_EQ(end(3 * segment + 40), 3 * segment);
    EXPECT_EQ(end((std::uint64_t{7} << 32) + 24 + page), (std::uint64_t{7} << 32) + page);
    // Anywhere else a record ends there.
    EXPECT_EQ(end(5 * page), 5 * page);
    EXPECT_EQ(end(5 * page + 40), 5 * page + 40);
    EXPECT_EQ(end(3 * segment + 24), 3 * segment + 24);
    EXPECT_EQ(end(5 * page + 32), 5 * page + 32);
    EXPECT_EQ(end_of_last_record(lsn{5 * page + 24}, 0, 0).value, 5 * page + 24);
}

TEST(lsn, refuses_what_is_not_a_position) {
    for (auto text : {"", "/", "1", "1/", "/1", "1/2/3", "123456789/0", "0/123456789", "-1/0",
                      "G/0", " 1/0", "1/0 "})
        EXPECT_FALSE(parse_lsn(text)) << text;
}

}  // namespace

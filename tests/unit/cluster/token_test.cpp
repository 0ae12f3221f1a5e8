// Tokens: a position as text, there and back.
#include "cluster/token.hpp"

#include <gtest/gtest.h>

namespace weir::cluster {
namespace {

TEST(token, is_read_as_it_was_written) {
    for (const auto& at : {position{7, 1, lsn{0x100}}, position{~std::uint64_t{0}, ~std::uint32_t{0}, lsn{~std::uint64_t{0}}},
                           position{0x6a5f0123456789abu, 3, lsn{0x16B374D848}}})
        EXPECT_EQ(parse_token(to_token(at)), at) << to_token(at);
    EXPECT_EQ(to_token(position{0x6a5f, 3, lsn{0x16B374D848}}), "w1-6a5f-3-16b374d848");
}

TEST(token, of_a_session_that_saw_nothing_asks_for_nothing) {
    EXPECT_EQ(to_token(std::nullopt), "w1-0-0-0");
    EXPECT_EQ(parse_token("w1-0-0-0"), position{});
}

TEST(token, anything_else_is_none) {
    for (const auto* text : {"", "w1", "w1-", "w1-1", "w1-1-1", "w1-1-1-", "w1-1-1-1-", "w1-1-1-1-1", "w2-1-1-1",
                             "w1-g-1-1", "w1-1-123456789-1", "w1-12345678901234567-1-1", "w1--1-1", " w1-1-1-1",
                             "w1-1-1-1 ", "w1-+1-1-1", "w1-0x1-1-1"})
        EXPECT_FALSE(parse_token(text)) << text;
}

}  // namespace
}  // namespace weir::cluster

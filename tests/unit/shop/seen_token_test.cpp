#include "core/seen_token.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/cookie.hpp"

namespace shop::core {
namespace {

using tokens = std::vector<std::string>;

tokens seen(std::string cookie) {
    request asked;
    asked.cookie = std::move(cookie);
    return seen_tokens_in(asked);
}

TEST(cookie, is_found_by_its_name) {
    EXPECT_EQ(cookie_in("a=1; b=2;c=3", "b"), "2");
    EXPECT_EQ(cookie_in("a=1; b=2;c=3", "c"), "3");
    EXPECT_EQ(cookie_in("ab=1; b", "b"), "");
    EXPECT_EQ(cookie_in("", "b"), "");
}

TEST(seen_token, is_what_weir_gives) {
    EXPECT_EQ(seen("session=x; seen=w1-6789abc-1-3000060"), tokens{"w1-6789abc-1-3000060"});
}

TEST(seen_token, is_one_of_each_cluster) {
    EXPECT_EQ(seen("seen=w1-a-1-30.w1-b-2-40"), (tokens{"w1-a-1-30", "w1-b-2-40"}));
    EXPECT_EQ(seen("seen=w1-a-1-30.w1-a-1-40.w1-b-1-1"), (tokens{"w1-a-1-30", "w1-b-1-1"}));
    EXPECT_EQ(seen("seen=w1-a-1.w1-b-1.w1-c-1.w1-d-1.w1-e-1").size(), 4u);
    EXPECT_EQ(cluster_of("w1-6789abc-1-3000060"), "w1-6789abc");
    EXPECT_EQ(cluster_of("w1"), "");
}

TEST(seen_token, is_nothing_that_could_end_its_literal) {
    for (const auto* text : {"", "'; drop table orders; --", "w1-ABC", "w1 1", "w1\\", ".", ".."})
        EXPECT_EQ(seen("seen=" + std::string(text)), tokens{}) << text;
    EXPECT_FALSE(is_seen_token(std::string(65, 'a')));
    EXPECT_TRUE(is_seen_token(std::string(64, 'a')));
}

TEST(seen_token, goes_to_the_visitor_in_a_cookie) {
    EXPECT_EQ(cookie_with_seen({"w1-1-1-1", "w1-2-1-1"}),
              "seen=w1-1-1-1.w1-2-1-1; Path=/; HttpOnly; SameSite=Lax; Max-Age=600");
}

}  // namespace
}  // namespace shop::core

#include "core/seen_token.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/cookie.hpp"

namespace shop::core {
namespace {

request with_cookie(std::string cookie) {
    request asked;
    asked.cookie = std::move(cookie);
    return asked;
}

TEST(cookie, is_found_by_its_name) {
    EXPECT_EQ(cookie_in("a=1; b=2;c=3", "b"), "2");
    EXPECT_EQ(cookie_in("a=1; b=2;c=3", "c"), "3");
    EXPECT_EQ(cookie_in("ab=1; b", "b"), "");
    EXPECT_EQ(cookie_in("", "b"), "");
}

TEST(seen_token, is_what_weir_gives) {
    EXPECT_EQ(seen_token_in(with_cookie("session=x; seen=w1-6789abc-1-3000060")), "w1-6789abc-1-3000060");
}

TEST(seen_token, is_nothing_that_could_end_its_literal) {
    for (const auto* text : {"", "'; drop table orders; --", "w1-ABC", "w1 1", "w1\\"})
        EXPECT_EQ(seen_token_in(with_cookie("seen=" + std::string(text))), "") << text;
    EXPECT_FALSE(is_seen_token(std::string(65, 'a')));
    EXPECT_TRUE(is_seen_token(std::string(64, 'a')));
}

TEST(seen_token, goes_to_the_visitor_in_a_cookie) {
    EXPECT_EQ(cookie_with_seen("w1-1-1-1"), "seen=w1-1-1-1; Path=/; HttpOnly; SameSite=Lax; Max-Age=600");
}

}  // namespace
}  // namespace shop::core

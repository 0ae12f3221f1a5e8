#include "core/session_token.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shop::core {
namespace {

const std::string token(64, 'a');

request with(std::string authorization, std::string cookie) {
    request asked;
    asked.authorization = std::move(authorization);
    asked.cookie = std::move(cookie);
    return asked;
}

TEST(session_token, is_256_bits_in_hexadecimal) {
    token_bits bits{};
    bits[0] = 0x0F;
    bits[31] = 0xA0;
    EXPECT_EQ(token_of(bits), "0f" + std::string(60, '0') + "a0");
}

TEST(session_token, is_stored_as_its_sha256) {
    // FIPS 180-4, example "abc".
    EXPECT_EQ(stored_token("abc"),
              "\\xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(session_token, is_found_in_the_header) {
    EXPECT_EQ(token_in(with("Bearer " + token, "")), token);
    EXPECT_EQ(token_in(with("bearer  " + token + " ", "")), token);
}

TEST(session_token, is_found_in_the_cookie) {
    EXPECT_EQ(token_in(with("", "session=" + token)), token);
    EXPECT_EQ(token_in(with("", "a=b; session=" + token + "; c=d")), token);
}

TEST(session_token, the_header_goes_before_the_cookie) {
    const std::string other(64, 'b');
    EXPECT_EQ(token_in(with("Bearer " + token, "session=" + other)), token);
}

TEST(session_token, what_is_none_is_not_taken_for_one) {
    EXPECT_FALSE(token_in(with("", "")));
    EXPECT_FALSE(token_in(with("Basic " + token, "")));
    EXPECT_FALSE(token_in(with("Bearer " + token.substr(1), "")));
    EXPECT_FALSE(token_in(with("Bearer " + token + "a", "")));
    EXPECT_FALSE(token_in(with("Bearer " + std::string(64, 'G'), "")));
    EXPECT_FALSE(token_in(with("", "session=")));
    EXPECT_FALSE(token_in(with("", "other_session=" + token)));
    EXPECT_FALSE(token_in(with("", ";;=;session")));
}

TEST(session_token, the_cookie_is_out_of_reach_for_scripts_and_other_sites) {
    const auto cookie = cookie_with(token);
    EXPECT_TRUE(cookie.starts_with("session=" + token + ";"));
    EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
    EXPECT_NE(cookie.find("SameSite=Lax"), std::string::npos);
    EXPECT_NE(cookie_without_token().find("Max-Age=0"), std::string::npos);
}

}  // namespace
}  // namespace shop::core

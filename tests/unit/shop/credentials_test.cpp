#include "core/credentials.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shop::core {
namespace {

request with_body(std::string body, std::string type = "application/json") {
    request asked;
    asked.verb = method::post;
    asked.content_type = std::move(type);
    asked.body = std::move(body);
    return asked;
}

registration taken(std::string body) {
    const auto parsed = parse_registration(with_body(std::move(body)));
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed ? *parsed : registration{};
}

int status_of(std::string body) {
    const auto parsed = parse_registration(with_body(std::move(body)));
    return parsed ? 200 : parsed.error().status;
}

TEST(credentials, a_registration_is_taken_and_tidied) {
    const auto parsed =
        taken(R"({"email": " Ann@Example.ORG ", "password": " eight is fine ", "name": " Ann "})");
    EXPECT_EQ(parsed.login.email, "ann@example.org");
    EXPECT_EQ(parsed.login.password, " eight is fine ");
    EXPECT_EQ(parsed.name, "Ann");
}

TEST(credentials, a_password_may_be_any_text) {
    EXPECT_EQ(
        taken(R"({"email": "a@b.c", "password": "ümläutß€\n\t", "name": "A"})").login.password,
        "ümläutß€\n\t");
}

TEST(credentials, each_field_is_needed) {
    EXPECT_EQ(status_of(R"({"password": "12345678", "name": "A"})"), 400);
    EXPECT_EQ(status_of(R"({"email": "a@b.c", "name": "A"})"), 400);
    EXPECT_EQ(status_of(R"({"email": "a@b.c", "password": "12345678"})"), 400);
    EXPECT_EQ(status_of(R"({"email": 1, "password": "12345678", "name": "A"})"), 400);
    EXPECT_EQ(status_of(R"({"email": "a@b.c", "password": ["12345678"], "name": "A"})"), 400);
    EXPECT_EQ(status_of(R"({"email": "a@b.c", "password": "12345678", "name": null})"), 400);
}

TEST(credentials, an_address_has_one_at_and_no_space) {
    for (const std::string email : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\\n.c", "ä@b.c"}) {
        const auto body = R"({"email": ")" + email + R"(", "password": "12345678", "name": "A"})";
        EXPECT_EQ(status_of(body), 400) << email;
    }
}

TEST(credentials, lengths_have_bounds) {
    const auto body = [](std::size_t email, std::size_t password, std::size_t name) {
        return R"({"email": ")" + std::string(email, 'e') + R"(@b.c", "password": ")" +
               std::string(password, 'p') + R"(", "name": ")" + std::string(name, 'n') + R"("})";
    };
    EXPECT_EQ(status_of(body(250, 200, 100)), 200);
    EXPECT_EQ(status_of(body(251, 200, 100)), 400);
    EXPECT_EQ(status_of(body(250, 7, 100)), 400);
    EXPECT_EQ(status_of(body(250, 201, 100)), 400);
    EXPECT_EQ(status_of(body(250, 200, 0)), 400);
    EXPECT_EQ(status_of(body(250, 200, 101)), 400);
}

TEST(credentials, a_nul_cannot_cut_a_password_short) {
    EXPECT_EQ(status_of(R"({"email": "a@b.c", "password": "12345678\u0000x", "name": "A"})"), 400);
}

TEST(credentials, what_is_no_json_object_is_refused) {
    for (const auto* body : {"", "{", "[]", "1", "\"x\"", "{\"a\":1}x", "{\"email\": \"\xFF\"}",
                             "[[[[[[[[[[[[1]]]]]]]]]]]]"}) {
        EXPECT_EQ(status_of(body), 400) << body;
    }
}

TEST(credentials, another_type_than_json_is_refused) {
    const std::string body = R"({"email": "a@b.c", "password": "12345678"})";
    EXPECT_TRUE(parse_log_in(with_body(body, "Application/JSON; charset=utf-8")));
    for (const auto* type :
         {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"}) {
        const auto parsed = parse_log_in(with_body(body, type));
        ASSERT_FALSE(parsed) << type;
        EXPECT_EQ(parsed.error().status, 415);
    }
}

request with(std::string body) {
    request asked;
    asked.content_type = "application/json";
    asked.body = std::move(body);
    return asked;
}

TEST(credentials, a_password_is_changed_for_another) {
    const auto change = parse_password_change(with(R"({"old_password": "12345678", "new_password": "abcdefgh"})"));
    ASSERT_TRUE(change);
    EXPECT_EQ(change->new_password, "abcdefgh");
    EXPECT_FALSE(parse_password_change(with(R"({"old_password": "12345678", "new_password": "short"})")));
    EXPECT_FALSE(parse_password_change(with(R"({"new_password": "abcdefgh"})")));
}

TEST(credentials, a_profile_may_be_without_an_address) {
    EXPECT_EQ(parse_profile(with(R"({"name": " Ann ", "address": ""})"))->name, "Ann");
    EXPECT_FALSE(parse_profile(with(R"({"name": "", "address": "x"})")));
    EXPECT_FALSE(parse_profile(with(R"({"name": "Ann"})")));
    EXPECT_FALSE(parse_code(with(R"({"code": ""})")));
    EXPECT_EQ(*parse_code(with(R"({"code": "abc"})")), "abc");
}

}  // namespace
}  // namespace shop::core

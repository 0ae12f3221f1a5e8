#include "core/credentials.hpp"

#include <algorithm>

#include "core/json_body.hpp"
#include "core/text.hpp"

namespace shop::core {
namespace json = boost::json;
namespace {

// One @ with something on both sides, printable ASCII, at most 254 bytes (RFC 5321 section
// 4.5.3.1.3 less the brackets). Whether it exists only a message sent there can tell.
bool is_email(std::string_view text) {
    const bool is_printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
    const auto at = text.find('@');
    return is_printable && text.size() <= 254 && at != std::string_view::npos && at > 0 &&
           at + 1 < text.size() && text.find('@', at + 1) == std::string_view::npos;
}

// Taken as it is, spaces included. The upper bound keeps one request from costing much to hash.
outcome<std::string> password_field(const json::object& body, std::string_view name) {
    const auto* value = body.if_contains(name);
    if (value == nullptr || !value->is_string()) {
        return bad_request("bad_field", std::string(name) + " must be a text");
    }
    const std::string_view text = value->get_string();
    // crypt() ends at a NUL: "secret\0..." would be the password "secret".
    const bool is_whole = text.find('\0') == std::string_view::npos;
    if (!is_whole || character_count(text) < 8 || text.size() > 200) {
        return bad_request("bad_field",
                           std::string(name) + " must have at least 8 characters, at most 200 bytes");
    }
    return std::string(text);
}

outcome<credentials> credentials_of(const json::object& body) {
    auto email = text_field(body, "email", {1, 254});
    if (!email) return email.error();
    if (!is_email(*email)) return bad_request("bad_field", "email must be an e-mail address");
    auto password = password_field(body, "password");
    if (!password) return password.error();
    return credentials{ascii_lower(*email), *password};
}

}  // namespace

outcome<registration> parse_registration(const request& asked) {
    const auto body = json_body(asked);
    if (!body) return body.error();
    auto login = credentials_of(*body);
    if (!login) return login.error();
    auto name = text_field(*body, "name", {1, 100});
    if (!name) return name.error();
    return registration{*login, *name};
}

outcome<credentials> parse_log_in(const request& asked) {
    const auto body = json_body(asked);
    if (!body) return body.error();
    return credentials_of(*body);
}

outcome<password_change> parse_password_change(const request& asked) {
    const auto body = json_body(asked);
    if (!body) return body.error();
    auto old_password = password_field(*body, "old_password");
    if (!old_password) return old_password.error();
    auto new_password = password_field(*body, "new_password");
    if (!new_password) return new_password.error();
    return password_change{*old_password, *new_password};
}

outcome<profile> parse_profile(const request& asked) {
    const auto body = json_body(asked);
    if (!body) return body.error();
    auto name = text_field(*body, "name", {1, 100});
    if (!name) return name.error();
    auto address = text_field(*body, "address", {0, 500});
    if (!address) return address.error();
    return profile{*name, *address};
}

outcome<std::string> parse_code(const request& asked) {
    const auto body = json_body(asked);
    if (!body) return body.error();
    return text_field(*body, "code", {1, 200});
}

}  // namespace shop::core

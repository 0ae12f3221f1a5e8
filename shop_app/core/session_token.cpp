#include "core/session_token.hpp"

#include <openssl/sha.h>

#include <algorithm>

#include "core/text.hpp"

namespace shop::core {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::string_view cookie_name = "session";

template <class Bytes>
std::string hexadecimal(const Bytes& bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

bool is_token(std::string_view text) {
    return text.size() == token_bits{}.size() * 2 &&
           text.find_first_not_of(digits) == std::string_view::npos;
}

std::string_view bearer_in(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (ascii_lower(authorization.substr(0, scheme.size())) != scheme) return {};
    return trimmed(authorization.substr(scheme.size()));
}

// RFC 6265 section 4.2.1: name=value pairs with "; " between.
std::string_view cookie_in(std::string_view header) {
    while (!header.empty()) {
        const auto end = header.find(';');
        const auto pair = trimmed(header.substr(0, end));
        header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == cookie_name) {
            return pair.substr(equals + 1);
        }
    }
    return {};
}

std::string cookie(std::string_view value, long max_age_seconds) {
    // HttpOnly: no script reads it. Lax: no other site's form or script sends it.
    return std::string(cookie_name) + "=" + std::string(value) +
           "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(max_age_seconds);
}

}  // namespace

std::string token_of(const token_bits& random) { return hexadecimal(random); }

std::optional<std::string> token_in(const request& asked) {
    auto found = bearer_in(asked.authorization);
    if (found.empty()) found = cookie_in(asked.cookie);
    if (!is_token(found)) return std::nullopt;
    return std::string(found);
}

std::string stored_token(std::string_view token) {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> hash{};
    SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
    return "\\x" + hexadecimal(hash);
}

std::string cookie_with(std::string_view token) { return cookie(token, session_days * 86400L); }

std::string cookie_without_token() { return cookie("", 0); }

}  // namespace shop::core

#include "core/session_token.hpp"

#include <openssl/sha.h>

#include <algorithm>

#include "core/cookie.hpp"
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

}  // namespace

std::string token_of(const token_bits& random) { return hexadecimal(random); }

std::optional<std::string> token_in(const request& asked) {
    auto found = bearer_in(asked.authorization);
    if (found.empty()) found = cookie_in(asked.cookie, cookie_name);
    if (!is_token(found)) return std::nullopt;
    return std::string(found);
}

std::string stored_token(std::string_view token) {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> hash{};
    SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
    return "\\x" + hexadecimal(hash);
}

std::string cookie_with(std::string_view token) { return cookie(cookie_name, token, session_days * 86400L); }

std::string cookie_without_token() { return cookie(cookie_name, "", 0); }

}  // namespace shop::core

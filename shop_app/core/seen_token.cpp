#include "core/seen_token.hpp"

#include "core/cookie.hpp"

namespace shop::core {
namespace {

constexpr std::string_view cookie_name = "seen";
constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz-";
constexpr std::size_t longest = 64;
// Longer than any replica is behind that is read from.
constexpr long kept_seconds = 600;

}  // namespace

bool is_seen_token(std::string_view text) {
    return !text.empty() && text.size() <= longest && text.find_first_not_of(letters) == std::string_view::npos;
}

std::string seen_token_in(const request& asked) {
    const auto found = cookie_in(asked.cookie, cookie_name);
    return is_seen_token(found) ? std::string(found) : std::string();
}

std::string cookie_with_seen(std::string_view token) { return cookie(cookie_name, token, kept_seconds); }

}  // namespace shop::core

#include "core/seen_token.hpp"

#include <algorithm>

#include "core/cookie.hpp"

namespace shop::core {
namespace {

constexpr std::string_view cookie_name = "seen";
constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz-";
constexpr char between = '.';
constexpr std::size_t longest = 64;
constexpr std::size_t most_clusters = 4;
// Longer than any replica is behind that is read from.
constexpr long kept_seconds = 600;

}  // namespace

bool is_seen_token(std::string_view text) {
    return !text.empty() && text.size() <= longest && text.find_first_not_of(letters) == std::string_view::npos;
}

// A version, the cluster, and where in its history: w1-6789abc-1-3000060.
std::string_view cluster_of(std::string_view token) {
    const auto begin = token.find('-');
    if (begin == std::string_view::npos) return {};
    return token.substr(0, token.find('-', begin + 1));
}

std::vector<std::string> seen_tokens_in(const request& asked) {
    std::vector<std::string> all;
    auto rest = cookie_in(asked.cookie, cookie_name);
    while (!rest.empty() && all.size() < most_clusters) {
        const auto one = rest.substr(0, rest.find(between));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        const bool is_new = std::none_of(all.begin(), all.end(),
                                         [&](const auto& other) { return cluster_of(other) == cluster_of(one); });
        if (is_seen_token(one) && is_new) all.emplace_back(one);
    }
    return all;
}

std::string cookie_with_seen(const std::vector<std::string>& tokens) {
    std::string value;
    for (const auto& token : tokens) {
        if (!value.empty()) value += between;
        value += token;
    }
    return cookie(cookie_name, value, kept_seconds);
}

}  // namespace shop::core

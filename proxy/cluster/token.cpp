#include "cluster/token.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace weir::cluster {
namespace {

constexpr std::string_view version = "w1-";

/// One to `most` hexadecimal digits up to a hyphen or the end, taken off the front with the hyphen.
std::optional<std::uint64_t> take_number(std::string_view& text, std::size_t most) {
    const auto digits = text.substr(0, text.find('-'));
    if (digits.empty() || digits.size() > most) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    text.remove_prefix(digits.size() + (digits.size() < text.size() ? 1 : 0));
    return value;
}

}  // namespace

std::string to_token(const std::optional<position>& at) {
    const auto p = at.value_or(position{});
    std::array<char, 64> text;
    const int length = std::snprintf(text.data(), text.size(), "w1-%llx-%x-%llx",
                                     static_cast<unsigned long long>(p.system_identifier), p.timeline,
                                     static_cast<unsigned long long>(p.at.value));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<position> parse_token(std::string_view text) {
    if (!text.starts_with(version) || text.ends_with('-')) return std::nullopt;
    text.remove_prefix(version.size());
    const auto system = take_number(text, 16);
    const auto timeline = system ? take_number(text, 8) : std::nullopt;
    const auto at = timeline ? take_number(text, 16) : std::nullopt;
    if (!at || !text.empty()) return std::nullopt;
    return position{*system, static_cast<std::uint32_t>(*timeline), lsn{*at}};
}

}  // namespace weir::cluster

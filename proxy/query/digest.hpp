// digest: the fingerprint of a statement without its literals: one pass, no allocation, keyed 128
// bits. Two texts with one digest differ in literals, comments, white space, letter case of
// unquoted identifiers, the length of an IN list or the number of VALUES rows, and in nothing else
// (literals that read the clock, as 'now', are a kind of their own).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir::query {

struct digest {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    auto operator<=>(const digest&) const = default;
};
std::string to_string(digest d);  // 32 hexadecimal digits

/// Secret of this process, so that nobody can craft two statements of one digest.
using digest_key = std::array<std::uint64_t, 2>;

/// Hint in a comment `/* weir: primary */`, `/* weir: replica */` or `/* weir: after=TOKEN */`, the first one met.
enum class hint : std::uint8_t { none, primary, replica, after };

struct digest_result {
    digest shape;
    hint wish = hint::none;
    bool well_formed = true;  // false: cannot be tokenised; the digest is of the raw text
};

digest_result make_digest(std::string_view text, const digest_key& key);

/// TOKEN of a text whose hint is `after`; empty where it has another.
std::string_view hint_token(std::string_view text);

/// Of the text as it is, for statements whose literals decide what they do. Never equal to a shape.
digest raw_digest(std::string_view text, const digest_key& key);

/// The text that the digest stands for: literals and parameters as ?, comments gone, one space
/// where one helps; a literal that reads the clock as 'now'. For people and for rules' regular expressions; allocates.
std::string digest_text(std::string_view text);

}  // namespace weir::query

template <>
struct std::hash<weir::query::digest> {
    std::size_t operator()(const weir::query::digest& d) const noexcept { return d.low; }
};

// names: what of an identifier the server keeps: its first 63 bytes (NAMEDATALEN - 1).
//
// Cut are names of ASCII alone. Others are measured in the database's encoding, which the text does
// not tell; left whole they are at worst two shapes for one name.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace weir::query {

constexpr std::size_t most_name_bytes = 63;

constexpr bool is_ascii(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

/// Of an identifier without quotes.
constexpr std::string_view stored_part(std::string_view name) {
    if (name.size() <= most_name_bytes || !is_ascii(name)) return name;
    return name.substr(0, most_name_bytes);
}

/// Of what stands between the quotes of one: two quotes in it are one character of the name.
constexpr std::string_view stored_part_of_quoted(std::string_view inside) {
    if (inside.size() <= most_name_bytes || !is_ascii(inside)) return inside;
    std::size_t at = 0;
    for (std::size_t kept = 0; kept < most_name_bytes && at < inside.size(); ++kept)
        at += inside[at] == '"' ? 2 : 1;
    return inside.substr(0, at);
}

}  // namespace weir::query

// lsn: a WAL location, 64 bits, written as PostgreSQL writes pg_lsn ("16/B374D848").
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

struct lsn {
    std::uint64_t value = 0;

    constexpr auto operator<=>(const lsn&) const = default;
    constexpr bool valid() const { return value != 0; }
};

/// Two hexadecimal halves of one to eight digits each, divided by a slash; anything else is nothing.
std::optional<lsn> parse_lsn(std::string_view text);
std::string to_string(lsn position);

}  // namespace weir

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

/// Where the last record ends, from what pg_current_wal_insert_lsn() says: where that record fills its page to the
/// end, the insert position lies behind the header of the next page, and nothing is flushed or replayed up to
/// there while nothing more is written. Header sizes are those of 64-bit servers (xlog_internal.h).
lsn end_of_last_record(lsn inserted, std::uint64_t page_bytes, std::uint64_t segment_bytes);

}  // namespace weir

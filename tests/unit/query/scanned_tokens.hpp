// scanned_tokens: what libpg_query's scanner, which is PostgreSQL's own, makes of a text.
#pragma once

#include <pg_query.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::query::testing {

/// Reads protobuf's wire format: a varint, then what its three low bits say. Enough for a
/// ScanResult.
class wire_reader {
public:
    explicit wire_reader(std::string_view bytes) : rest_(bytes) {}

    bool at_end() const { return rest_.empty(); }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.at(0));
            rest_.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7fu} << shift;
            if (byte < 0x80) return value;
        }
    }
    std::string_view bytes() {
        const std::uint64_t length = varint();
        const std::string_view taken = rest_.substr(0, length);
        rest_.remove_prefix(taken.size());
        return taken;
    }

private:
    std::string_view rest_;
};

struct scanned_token {
    std::size_t start = 0, end = 0;
    std::uint64_t kind = 0;  // pg_query.proto: enum Token
    bool keyword = false;
};

/// pg_query.proto: ScanResult.tokens = 2; ScanToken.start = 1, end = 2, token = 4,
/// keyword_kind = 5.
inline std::vector<scanned_token> tokens_in(std::string_view result) {
    std::vector<scanned_token> out;
    wire_reader fields(result);
    while (!fields.at_end()) {
        if (fields.varint() >> 3 != 2) {
            fields.varint();
            continue;
        }
        scanned_token t;
        wire_reader token(fields.bytes());
        while (!token.at_end()) {
            const std::uint64_t field = token.varint() >> 3;
            const std::uint64_t value = token.varint();
            if (field == 1) t.start = value;
            if (field == 2) t.end = value;
            if (field == 4) t.kind = value;
            if (field == 5) t.keyword = value != 0;
        }
        out.push_back(t);
    }
    return out;
}

/// Without comments; empty where the text is refused.
inline std::optional<std::vector<scanned_token>> scan(const std::string& text) {
    constexpr std::uint64_t sql_comment = 275;
    constexpr std::uint64_t c_comment = 276;
    const PgQueryScanResult scanned = pg_query_scan(text.c_str());
    std::optional<std::vector<scanned_token>> out;
    if (scanned.error == nullptr) {
        out.emplace();
        for (const scanned_token& t : tokens_in({scanned.pbuf.data, scanned.pbuf.len}))
            if (t.kind != sql_comment && t.kind != c_comment) out->push_back(t);
    }
    pg_query_free_scan_result(scanned);
    return out;
}

}  // namespace weir::query::testing

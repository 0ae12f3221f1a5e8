#include "base/lsn.hpp"

#include <charconv>
#include <cstdio>

namespace weir {
namespace {

std::optional<std::uint32_t> parse_half(std::string_view text) {
    std::uint32_t value = 0;
    if (text.empty() || text.size() > 8) return std::nullopt;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<lsn> parse_lsn(std::string_view text) {
    auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto high = parse_half(text.substr(0, slash));
    auto low = parse_half(text.substr(slash + 1));
    if (!high || !low) return std::nullopt;
    return lsn{(static_cast<std::uint64_t>(*high) << 32) | *low};
}

std::string to_string(lsn position) {
    char text[24];
    int length = std::snprintf(text, sizeof text, "%X/%X", static_cast<unsigned>(position.value >> 32),
                               static_cast<unsigned>(position.value & 0xffffffffu));
    return std::string(text, static_cast<std::size_t>(length));
}

lsn end_of_last_record(lsn inserted, std::uint64_t page_bytes, std::uint64_t segment_bytes) {
    constexpr std::uint64_t page_header = 24;
    constexpr std::uint64_t segment_header = 40;
    if (page_bytes == 0 || segment_bytes == 0) return inserted;
    const bool first_page = inserted.value % segment_bytes < page_bytes;
    const auto header = first_page ? segment_header : page_header;
    return inserted.value % page_bytes == header ? lsn{inserted.value - header} : inserted;
}

}  // namespace weir

#include "core/text.hpp"

#include <algorithm>

namespace shop::core {
namespace {

struct code_point_range {
    std::size_t length;
    char32_t smallest;  // a smaller value in that many bytes is an overlong form
};

constexpr code_point_range range_of(unsigned char first) {
    if (first < 0x80) return {1, 0};
    if ((first & 0xE0) == 0xC0) return {2, 0x80};
    if ((first & 0xF0) == 0xE0) return {3, 0x800};
    if ((first & 0xF8) == 0xF0) return {4, 0x10000};
    return {0, 0};
}

// Bytes taken by the code point at the front of `text`; 0 when it is none.
std::size_t code_point_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const auto range = range_of(first);
    if (range.length == 0 || range.length > text.size()) return 0;
    if (range.length == 1) return 1;
    char32_t value = first & (0x7F >> range.length);
    for (const char c : text.substr(1, range.length - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80) return 0;
        value = (value << 6) | (byte & 0x3F);
    }
    const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < range.smallest || is_surrogate || value > 0x10FFFF) return 0;
    return range.length;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = code_point_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool is_plain_text(std::string_view text) {
    return std::none_of(text.begin(), text.end(), is_control) && is_utf8(text);
}

std::size_t character_count(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

}  // namespace shop::core

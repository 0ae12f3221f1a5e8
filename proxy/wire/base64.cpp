#include <cstdint>

#include "wire/scram.hpp"

namespace weir::wire {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The six bits of each letter; 0xff for what is no letter.
constexpr std::array<unsigned char, 256> make_values() {
    std::array<unsigned char, 256> values{};
    for (auto& value : values) {
        value = 0xff;
    }
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned char>(i);
    }
    return values;
}

constexpr auto values_of = make_values();

}  // namespace

std::string base64_encode(bytes_view data) {
    std::string out;
    out.reserve((data.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < data.size(); i += 3) {
        const bytes_view group = data.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            bits = (bits << 8) | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0u);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out.push_back(k <= group.size() ? alphabet[(bits >> (18 - 6 * k)) & 63] : '=');
        }
    }
    return out;
}

std::optional<bytes> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    const std::string_view letters = text.substr(0, text.size() - padding);
    bytes out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : letters) {
        const unsigned char value = values_of[static_cast<unsigned char>(c)];
        if (value == 0xff) {
            return std::nullopt;
        }
        bits = ((bits << 6) | value) & 0xffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out.push_back(static_cast<char>((bits >> held) & 0xff));
        }
    }
    // What the last letter says beyond the last byte must be zero: one text for one value.
    if ((bits & ((1u << held) - 1)) != 0) {
        return std::nullopt;
    }
    return out;
}

}  // namespace weir::wire

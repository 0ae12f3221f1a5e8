#include "core/target.hpp"

#include "core/text.hpp"

namespace shop::core {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum class plus { is_plus, is_space };

std::optional<std::string> percent_decoded(std::string_view text, plus meaning) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && meaning == plus::is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    if (!is_plain_text(out)) return std::nullopt;
    return out;
}

// Takes the text up to `separator` off the front of `rest`.
std::string_view next_piece(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto piece = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return piece;
}

bool read_path(std::string_view path, target& out) {
    while (!path.empty()) {
        const auto decoded = percent_decoded(next_piece(path, '/'), plus::is_plus);
        if (!decoded) return false;
        if (!decoded->empty()) out.segments.push_back(*decoded);
    }
    return true;
}

bool read_query(std::string_view query, target& out) {
    while (!query.empty()) {
        auto pair = next_piece(query, '&');
        const auto name = percent_decoded(next_piece(pair, '='), plus::is_space);
        const auto value = percent_decoded(pair, plus::is_space);
        if (!name || !value) return false;
        if (!name->empty()) out.parameters.emplace_back(*name, *value);
    }
    return true;
}

}  // namespace

std::string_view target::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
        if (key == name) return value;
    }
    return {};
}

std::optional<target> parse_target(std::string_view text) {
    if (text.empty() || text.front() != '/') return std::nullopt;
    const auto path = next_piece(text, '?');
    target out;
    if (!read_path(path, out) || !read_query(text, out)) return std::nullopt;
    return out;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (unreserved.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

}  // namespace shop::core

#include "query/clock_words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "query/lexer.hpp"

namespace weir::query {
namespace {

constexpr bool is_letter(char c) { return lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z'; }

/// Takes a value character by character, as date/time input reads it: runs of letters are words.
class word_watch {
public:
    void take(char c) {
        if (is_letter(c)) {
            if (length_ < word_.size()) word_[length_] = lower_ascii(c);
            ++length_;
        } else {
            end_word();
        }
    }
    bool finish() {
        end_word();
        return seen_;
    }

private:
    void end_word() {
        if (length_ == 0) return;
        if (length_ <= word_.size()) {
            const std::string_view w(word_.data(), length_);
            seen_ = seen_ || w == "now" || w == "today" || w == "tomorrow" || w == "yesterday";
        }
        length_ = 0;
    }

    std::array<char, 9> word_{};  // no word of interest is longer
    std::size_t length_ = 0;
    bool seen_ = false;
};

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = lower_ascii(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : 16;
}

/// Up to `most` digits of that base at the front, which are taken off. Zero where there are none.
char take_code(std::string_view& rest, int base, std::size_t most) {
    std::uint32_t code = 0;
    for (; most > 0 && !rest.empty() && digit_value(rest[0]) < base; --most) {
        code = code * static_cast<std::uint32_t>(base) +
               static_cast<std::uint32_t>(digit_value(rest[0]));
        rest.remove_prefix(1);
    }
    return code < 0x80 ? static_cast<char>(code) : '\x7f';  // no letter beyond ASCII is looked for
}

/// Behind a backslash in E'...' (scan.l, unescape_single_char and its neighbours).
char take_escape(std::string_view& rest) {
    const char c = rest[0];
    if (c >= '0' && c <= '7') return take_code(rest, 8, 3);
    rest.remove_prefix(1);
    const bool has_digit = !rest.empty() && digit_value(rest[0]) < 16;
    if (c == 'x') return has_digit ? take_code(rest, 16, 2) : c;
    if (c == 'u') return take_code(rest, 16, 4);
    if (c == 'U') return take_code(rest, 16, 8);
    return std::string_view("bfnrt").find(c) != std::string_view::npos ? '\n' : c;
}

/// Behind a backslash in U&'...'.
char take_unicode_escape(std::string_view& rest) {
    if (rest[0] == '\\') return rest.remove_prefix(1), '\\';
    if (rest[0] != '+') return take_code(rest, 16, 4);
    rest.remove_prefix(1);
    return take_code(rest, 16, 6);
}

/// Each word has a w or a y. Most literals have neither, and no escape that could hide one.
bool may_have_one(std::string_view text, bool escapes) {
    return std::any_of(text.begin(), text.end(), [escapes](char c) {
        const char low = static_cast<char>(c | 0x20);
        return low == 'w' || low == 'y' || (escapes && c == '\\');
    });
}

enum class escape_form : std::uint8_t { none, backslash, unicode };

/// rest: behind the opening quote.
bool quoted_has_clock_word(std::string_view rest, escape_form escapes) {
    word_watch watch;
    while (!rest.empty()) {
        const char c = rest[0];
        rest.remove_prefix(1);
        if (c == '\'' && !rest.empty()) {
            // Doubled it is one; else the literal goes on behind white space with a newline in it.
            if (rest[0] == '\'') watch.take(c);
            rest.remove_prefix(std::min(rest.find('\''), rest.size() - 1) + 1);
        } else if (c == '\\' && escapes == escape_form::backslash && !rest.empty()) {
            watch.take(take_escape(rest));
        } else if (c == '\\' && escapes == escape_form::unicode && !rest.empty()) {
            watch.take(take_unicode_escape(rest));
        } else {
            watch.take(c);
        }
    }
    return watch.finish();
}

}  // namespace

bool has_clock_word(std::string_view value) {
    if (!may_have_one(value, false)) return false;
    word_watch watch;
    for (const char c : value) watch.take(c);
    return watch.finish();
}

bool literal_has_clock_word(std::string_view literal) {
    if (literal.empty()) return false;
    if (literal[0] == '$') {
        const std::size_t tag = literal.find('$', 1) + 1;
        return literal.size() >= 2 * tag &&
               has_clock_word(literal.substr(tag, literal.size() - 2 * tag));
    }
    const bool unicode = literal.size() > 1 && literal[1] == '&';
    const bool backslash = lower_ascii(literal[0]) == 'e';
    if (!may_have_one(literal, unicode || backslash)) return false;
    const std::size_t quote = literal.find('\'');
    if (quote == std::string_view::npos) return false;
    const escape_form escapes = unicode     ? escape_form::unicode
                                : backslash ? escape_form::backslash
                                            : escape_form::none;
    return quoted_has_clock_word(literal.substr(quote + 1), escapes);
}

}  // namespace weir::query

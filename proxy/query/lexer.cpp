// The rules are those of src/backend/parser/scan.l in PostgreSQL 15; names in comments are its.
#include "query/lexer.hpp"

#include <array>

namespace weir::query {
namespace {

enum : std::uint8_t {
    blank = 1,
    ident_start = 2,
    ident_cont = 4,
    digit = 8,
    op_char = 16,
    self = 32,
    quote_stop = 64  // what the inside of a quoted token has to be looked at for
};

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    auto mark = [&](std::string_view chars, int bits) {
        for (const char c : chars) classes[static_cast<unsigned char>(c)] |= bits;
    };
    mark(" \t\n\r\f", blank);
    for (int c = 'a'; c <= 'z'; ++c) classes[c] |= ident_start | ident_cont;
    for (int c = 'A'; c <= 'Z'; ++c) classes[c] |= ident_start | ident_cont;
    for (int c = 0x80; c <= 0xff; ++c) classes[c] |= ident_start | ident_cont;
    mark("_", ident_start | ident_cont);
    mark("$", ident_cont);
    mark("0123456789", digit | ident_cont);
    mark("~!@#^&|`?+-*/%<>=", op_char);
    mark(",()[].;:", self);
    mark(std::string_view("'\"\\\0", 4), quote_stop);
    return classes;
}
constexpr std::array<std::uint8_t, 256> classes = make_classes();

bool is(char c, int bits) { return (classes[static_cast<unsigned char>(c)] & bits) != 0; }
bool is_newline(char c) { return c == '\n' || c == '\r'; }

std::string_view trim(std::string_view s) {
    while (!s.empty() && is(s.front(), blank)) s.remove_prefix(1);
    while (!s.empty() && is(s.back(), blank)) s.remove_suffix(1);
    return s;
}

hint hint_in(std::string_view comment, std::string_view& token) {
    constexpr std::string_view mark = "weir:";
    comment = trim(comment);
    if (!comment.starts_with(mark)) return hint::none;
    const std::string_view wish = trim(comment.substr(mark.size()));
    if (wish == "primary") return hint::primary;
    if (wish == "replica") return hint::replica;
    constexpr std::string_view after = "after=";
    if (!wish.starts_with(after)) return hint::none;
    token = wish.substr(after.size());
    return hint::after;
}

}  // namespace

bool token::folds_to(std::string_view lower_case) const {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (lower_ascii(text[i]) != lower_case[i]) return false;
    return true;
}

[[gnu::always_inline]] inline token_kind lexer::scan() {
    if (at_ == end_) return token_kind::end;
    const char c = *at_;
    if (is(c, ident_start)) return word();
    if (is(c, digit) || (c == '.' && is(peek(1), digit))) return number();
    if (is(c, op_char)) return operator_token();
    if (is(c, self)) return punctuation();
    if (c == '\'') return single_quoted(false, true);
    if (c == '"') return double_quoted(token_kind::quoted_word);
    if (c == '$') return dollar();
    return token_kind::broken;
}

void lexer::next(token& into) {
    while (at_ != end_ && *at_ == ' ') ++at_;  // what stands between most tokens
    const bool at_token = at_ != end_ && is(*at_, ident_start | digit | self);
    const bool closed = at_token || skip_blanks();
    const char* from = at_;
    into.kind = closed ? scan() : token_kind::broken;
    into.text = std::string_view(from, static_cast<std::size_t>(at_ - from));
}

bool lexer::skip_blanks() {
    while (at_ != end_) {
        if (is(*at_, blank)) {
            ++at_;
        } else if (*at_ == '-' && peek(1) == '-') {
            while (at_ != end_ && !is_newline(*at_)) ++at_;
        } else if (*at_ == '/' && peek(1) == '*') {
            if (!skip_block_comment()) return false;
        } else {
            return true;
        }
    }
    return true;
}

/// Comments nest (manual, 4.1.5).
bool lexer::skip_block_comment() {
    at_ += 2;
    const char* from = at_;
    for (int depth = 1; depth > 0;) {
        if (end_ - at_ < 2) return false;
        if (at_[0] == '/' && at_[1] == '*') {
            ++depth;
            at_ += 2;
        } else if (at_[0] == '*' && at_[1] == '/') {
            --depth;
            at_ += 2;
        } else {
            ++at_;
        }
    }
    if (wish_ == hint::none) wish_ = hint_in({from, static_cast<std::size_t>(at_ - 2 - from)}, hint_token_);
    return true;
}

/// An identifier, or one of the prefixes that a quote makes a literal of: E'', B'', X'', N'', U&''.
token_kind lexer::word() {
    const char second = peek(1);
    if (second == '\'') {
        switch (lower_ascii(*at_)) {
            case 'e':
                ++at_;
                return single_quoted(true, true);
            case 'b':
            case 'x':
                ++at_;
                return single_quoted(false, false);
            case 'n':
                ++at_;
                return token_kind::national;
            default:
                break;
        }
    }
    if (second == '&' && lower_ascii(*at_) == 'u' && (peek(2) == '\'' || peek(2) == '"')) {
        at_ += 2;
        return *at_ == '\'' ? single_quoted(false, true) : double_quoted(token_kind::unicode_word);
    }
    do ++at_;
    while (at_ != end_ && is(*at_, ident_cont));
    return token_kind::word;
}

token_kind lexer::number() {
    auto digits = [this] {
        while (at_ != end_ && is(*at_, digit)) ++at_;
    };
    digits();
    // {decimalfail}: in 1..10 the number ends before the two dots.
    if (peek(0) == '.' && peek(1) != '.') {
        ++at_;
        digits();
    }
    if (lower_ascii(peek(0)) == 'e') {
        const bool sign = peek(1) == '+' || peek(1) == '-';
        if (!is(peek(sign ? 2 : 1), digit)) return token_kind::broken;  // {realfail}
        at_ += sign ? 2 : 1;
        digits();
    }
    // {integer_junk}: 123abc and 0x1F are errors in 15, other things before and after it.
    if (at_ != end_ && is(*at_, ident_start)) return token_kind::broken;
    return token_kind::number;
}

/// $1, or a string between two equal tags.
token_kind lexer::dollar() {
    const char* from = at_++;
    if (is(peek(0), digit)) {
        while (at_ != end_ && is(*at_, digit)) ++at_;
        const bool junk = at_ != end_ && is(*at_, ident_start);
        return junk ? token_kind::broken : token_kind::parameter;
    }
    while (at_ != end_ && is(*at_, ident_cont) && *at_ != '$') ++at_;
    if (at_ == end_ || *at_ != '$') return token_kind::broken;
    ++at_;
    const std::string_view tag(from, static_cast<std::size_t>(at_ - from));
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const std::size_t close = rest.find(tag);
    if (close == std::string_view::npos) return token_kind::broken;
    at_ += close + tag.size();
    return token_kind::string;
}

/// {operator}: the longest run, cut where a comment starts; a run of several characters ends in +
/// or - only if it has one of the characters that no standard operator has.
token_kind lexer::operator_token() {
    const char* from = at_;
    constexpr std::string_view rare = "~!@#^&|`?%";
    bool special = false;
    while (at_ != end_ && is(*at_, op_char)) {
        if (at_ != from && ((*at_ == '/' && peek(1) == '*') || (*at_ == '-' && peek(1) == '-')))
            break;
        special = special || rare.find(*at_) != std::string_view::npos;
        ++at_;
    }
    if (!special)
        while (at_ - from > 1 && (at_[-1] == '+' || at_[-1] == '-')) --at_;
    return token_kind::op;
}

token_kind lexer::punctuation() {
    const char* from = at_++;
    const bool pair =
        (*from == ':' && (peek(0) == ':' || peek(0) == '=')) || (*from == '.' && peek(0) == '.');
    if (pair) ++at_;
    return token_kind::punctuation;
}

/// at_ is at the opening quote.
token_kind lexer::single_quoted(bool backslashes, bool doubling) {
    ++at_;
    while (at_ != end_) {
        const char c = *at_++;
        if (!is(c, quote_stop)) continue;
        if (c == '\0') break;
        if (c == '\\' && backslashes) {
            if (at_ == end_) break;
            ++at_;
        } else if (c == '\'') {
            if (doubling && peek(0) == '\'') {
                ++at_;
            } else if (!continues_after_newline()) {
                return token_kind::string;
            }
        }
    }
    return token_kind::broken;
}

token_kind lexer::double_quoted(token_kind kind) {
    ++at_;
    while (at_ != end_) {
        const char c = *at_++;
        if (!is(c, quote_stop)) continue;
        if (c == '\0') break;
        if (c != '"') continue;
        if (peek(0) != '"') return kind;
        ++at_;
    }
    return token_kind::broken;
}

/// {quotecontinue}: a quote after white space with a newline in it goes on with the same string.
/// Only
/// "--" comments count as white space here. Moves behind that quote.
bool lexer::continues_after_newline() {
    const char* back = at_;
    bool newline = false;
    while (at_ != end_) {
        if (is(*at_, blank)) {
            newline = newline || is_newline(*at_);
            ++at_;
        } else if (*at_ == '-' && peek(1) == '-') {
            while (at_ != end_ && !is_newline(*at_)) ++at_;
        } else {
            break;
        }
    }
    if (newline && at_ != end_ && *at_ == '\'') {
        ++at_;
        return true;
    }
    at_ = back;
    return false;
}

}  // namespace weir::query

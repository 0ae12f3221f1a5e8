#include "query/digest.hpp"

#include <array>
#include <cstring>

#include "query/normaliser.hpp"
#include "query/siphash.hpp"

namespace weir::query {
namespace {

// Marks in the hashed bytes. No token starts with a control character, so they cannot be imitated.
constexpr char raw_text = 0;
constexpr char shape = 1;
constexpr char literal_mark = 3;
constexpr char national_mark = 4;
constexpr char item_mark = 5;
constexpr char clock_mark = 6;
constexpr char quoted_mark = 7;

class hash_sink {
public:
    explicit hash_sink(const digest_key& key) : hash_(key) { hash_.byte(shape); }

    void word(std::string_view text, bool quoted) {
        if (!quoted) return hash_.lower_case(text, ' ');
        hash_.byte(quoted_mark);
        hash_.bytes(text, '"');  // two of them within the name, so one ends it
    }
    void op(std::string_view text) { hash_.bytes(text, ' '); }
    void literal() { hash_.byte(literal_mark); }
    void clock_literal() { hash_.byte(clock_mark); }
    void national() { hash_.byte(national_mark); }
    void item(const digest& d) {
        std::array<char, sizeof d> bytes{};
        std::memcpy(bytes.data(), &d, sizeof d);
        hash_.byte(item_mark);
        hash_.bytes({bytes.data(), bytes.size()});
    }
    digest finish() { return hash_.finish(); }

private:
    siphash hash_;
};

/// Words that are followed by a blank where a parenthesis comes next; other words look like a call.
bool stands_apart(std::string_view word) {
    static constexpr std::array<std::string_view, 22> words = {
        "in",  "values", "and",  "or",  "not",   "select",   "from", "where",
        "as",  "on",     "over", "by",  "then",  "else",     "when", "with",
        "all", "using",  "join", "set", "union", "returning"};
    for (const std::string_view w : words)
        if (w == word) return true;
    return false;
}

class text_sink {
public:
    void word(std::string_view text, bool quoted) {
        std::string lower(text);
        if (!quoted)
            for (char& c : lower) c = lower_ascii(c);
        if (quoted) lower = '"' + lower + '"';
        append(lower);
        after_call_ = quoted || !stands_apart(lower);
    }
    void op(std::string_view text) {
        const bool tight = text == "," || text == ")" || text == ";" || text == "]" ||
                           text == "." || text == "::" || text == "[" ||
                           (text == "(" && after_call_);
        // Two points, or colons, that stand apart would be read as one token.
        const bool merges = !text_.empty() && text_.back() == text.front() && (text.front() == '.' || text.front() == ':');
        glued_ = !merges && (glued_ || (tight && !text_.empty()));
        append(text);
        glued_ = text == "(" || text == "[" || text == "." || text == "::";
    }
    void literal() { append("?"); }
    void clock_literal() { append("'now'"); }
    void national() { append("n"); }
    void item(const std::string& made) {
        append(made);
        after_call_ = false;
    }
    std::string finish() { return text_; }

private:
    void append(std::string_view piece) {
        if (!text_.empty() && !glued_) text_ += ' ';
        text_ += piece;
        glued_ = false;
        after_call_ = false;
    }

    std::string text_;
    bool glued_ = false;       // no blank before what comes next
    bool after_call_ = false;  // the last token may be a function's or table's name
};

}  // namespace

digest_result make_digest(std::string_view text, const digest_key& key) {
    const hash_sink empty(key);
    normaliser<hash_sink> shape_of(text, empty);
    digest_result made;
    made.well_formed = shape_of.run() && text.find('\0') == std::string_view::npos;
    made.wish = shape_of.wish();
    made.shape = made.well_formed && !shape_of.depends_on_literal() ? shape_of.finish()
                                                                    : raw_digest(text, key);
    return made;
}

digest raw_digest(std::string_view text, const digest_key& key) {
    siphash hash(key);
    hash.byte(raw_text);
    hash.bytes(text);
    return hash.finish();
}

std::string digest_text(std::string_view text) {
    const text_sink empty;
    normaliser<text_sink> shape_of(text, empty);
    if (!shape_of.run() || shape_of.depends_on_literal()) return std::string(text);
    return shape_of.finish();
}

std::string to_string(digest d) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out(32, '0');
    for (int i = 0; i < 16; ++i) {
        out[15 - i] = digits[(d.high >> (4 * i)) & 15];
        out[31 - i] = digits[(d.low >> (4 * i)) & 15];
    }
    return out;
}

std::string_view hint_token(std::string_view text) {
    lexer scan(text);
    token each;
    do {
        scan.next(each);
    } while (scan.wish() == hint::none && each.kind != token_kind::end && each.kind != token_kind::broken);
    return scan.hint_token();
}

}  // namespace weir::query

// lexer: SQL text -> tokens, with the boundaries of PostgreSQL 15's scan.l
// (standard_conforming_strings = on, UTF-8). It knows no grammar and no keyword; comments are
// skipped but for their hints.
#pragma once

#include <cstdint>
#include <string_view>

#include "query/digest.hpp"

namespace weir::query {

/// As the server folds names: only ASCII letters.
constexpr char lower_ascii(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

enum class token_kind : std::uint8_t {
    end,
    word,          // keyword or unquoted identifier
    quoted_word,   // "..."
    unicode_word,  // U&"...": what it names depends on a UESCAPE that may follow
    string,        // '...', E'...', B'...', X'...', U&'...', $tag$...$tag$
    national,      // the N before N'...', which PostgreSQL reads as the keyword NCHAR
    number,
    parameter,    // $1
    op,           // operators, also the single characters + - * / % ^ < > =
    punctuation,  // , ( ) [ ] . ; : and the pairs :: .. :=
    broken,  // not closed, or a character that no token starts with: the text cannot be tokenised
};

struct token {
    token_kind kind = token_kind::end;
    std::string_view text;  // a part of the statement, so no longer alive than that

    bool is(char punctuation) const { return text.size() == 1 && text[0] == punctuation; }
    /// A keyword, given in lower case; the text may be in any.
    bool is_word(std::string_view lower_case) const {
        return kind == token_kind::word && text.size() == lower_case.size() && folds_to(lower_case);
    }

private:
    bool folds_to(std::string_view lower_case) const;
};

class lexer {
public:
    explicit lexer(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    /// Into the caller's token, as copying tokens costs more than reading them. After `end` or
    /// `broken` it must not be called again.
    void next(token& into);
    hint wish() const { return wish_; }
    /// What the hint `after` names.
    std::string_view hint_token() const { return hint_token_; }

private:
    bool skip_blanks();  // false: a comment is not closed
    bool skip_block_comment();
    token_kind scan();
    token_kind word();
    token_kind number();
    token_kind dollar();
    token_kind operator_token();
    token_kind punctuation();
    token_kind single_quoted(bool backslashes, bool doubling);
    token_kind double_quoted(token_kind kind);
    bool continues_after_newline();
    char peek(std::ptrdiff_t ahead) const { return end_ - at_ > ahead ? at_[ahead] : '\0'; }

    const char* at_;
    const char* end_;
    hint wish_ = hint::none;
    std::string_view hint_token_;
};

}  // namespace weir::query

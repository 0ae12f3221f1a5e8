#include "query/lexer.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "case_file.hpp"
#include "scanned_tokens.hpp"

namespace weir::query {
namespace {

struct boundary {
    std::size_t begin, end;
    bool operator==(const boundary&) const = default;
};

/// Empty: the text cannot be tokenised, or nothing is in it.
std::vector<boundary> ours(const std::string& text, bool& fine) {
    std::vector<boundary> out;
    lexer l(text);
    token t;
    for (l.next(t); t.kind != token_kind::end && t.kind != token_kind::broken; l.next(t)) {
        const auto begin = static_cast<std::size_t>(t.text.data() - text.data());
        out.push_back({begin, begin + t.text.size()});
    }
    fine = t.kind == token_kind::end;
    return out;
}

std::vector<boundary> theirs(const std::string& text, bool& fine) {
    const auto scanned = testing::scan(text);
    fine = scanned.has_value();
    std::vector<boundary> out;
    if (!fine) return out;
    for (const testing::scanned_token& t : *scanned) {
        out.push_back({t.start, t.end});
        // Characters that no token starts with are scanned, to be refused by the grammar.
        if (std::strchr("$\\{}\v", text[t.start]) != nullptr && t.end - t.start == 1) fine = false;
    }
    return out;
}

std::string show(const std::string& text, const std::vector<boundary>& tokens) {
    std::string out;
    for (const boundary& b : tokens) {
        // libpg_query tells wrong ends of U&'...' and U&"...".
        const bool unicode =
            text.size() > b.begin + 1 && (text[b.begin] | 0x20) == 'u' && text[b.begin + 1] == '&';
        out += '[' + (unicode ? "U&" : text.substr(b.begin, b.end - b.begin)) + ']';
    }
    return out;
}

TEST(lexer, has_the_boundaries_of_postgresql_on_all_cases) {
    int compared = 0;
    for (const auto& c : testing::all_cases()) {
        bool we = false;
        bool they = false;
        const auto our_tokens = ours(c.statement, we);
        const auto their_tokens = theirs(c.statement, they);
        // libpg_query made tokens of comments, and so does not go on with a literal behind one.
        if (c.statement.find("' --") != std::string::npos) continue;
        EXPECT_TRUE(we || !they) << c.place << ": " << c.statement;
        if (!they) continue;
        ++compared;
        EXPECT_EQ(show(c.statement, our_tokens), show(c.statement, their_tokens)) << c.place;
    }
    EXPECT_GT(compared, 400);
}

/// Texts put together from the pieces that make lexers stumble.
TEST(lexer, has_the_boundaries_of_postgresql_on_random_texts) {
    const std::vector<std::string> pieces = {
        "'",      "''",   "\"", "$$", "$a$", "$1", "$",  "e'", "E'\\'", "b'0'", "x'", "n'",
        "u&'",    "U&\"", "\\", "\n", " ",   "\t", "--", "/*", "*/",    "-",    "+",  "*",
        "/",      "<",    "=",  "@",  "?",   "1",  ".",  "..", "1.5",   "1e",   "5",  "a",
        "select", "_",    ":",  "::", ":=",  "(",  ")",  ",",  ";",     "[",    "]",  "\xc3\xa4",
        "~",      "!",    "|",  "%",  "^",   "#",  "&",  "`"};
    std::mt19937 random(20240817);
    int compared = 0;
    for (int round = 0; round < 100000; ++round) {
        std::string text;
        for (auto n = random() % 9; n + 1 > 0; --n) text += pieces[random() % pieces.size()];
        if (text.find("--") != std::string::npos && text.find('\'') != std::string::npos) continue;
        bool we = false;
        bool they = false;
        const auto our_tokens = ours(text, we);
        const auto their_tokens = theirs(text, they);
        if (they) {
            ASSERT_TRUE(we) << text;
            ASSERT_EQ(show(text, our_tokens), show(text, their_tokens)) << text;
            ++compared;
        }
    }
    EXPECT_GT(compared, 10000);
}

TEST(lexer, goes_on_with_a_string_behind_a_newline_and_a_comment) {
    bool fine = false;
    EXPECT_EQ(ours("'a' -- x\n 'b'", fine).size(), 1u);
    EXPECT_EQ(ours("'a' \n --x\n 'b'", fine).size(), 1u);
    EXPECT_EQ(ours("'a' --x\n\n 'b' 'c'", fine).size(), 2u);
    EXPECT_EQ(ours("'a' /* \n */ 'b'", fine).size(), 2u);
    EXPECT_EQ(ours("'a' - \n 'b'", fine).size(), 3u);
}

TEST(lexer, is_not_led_astray_by_what_is_not_closed) {
    for (const char* text :
         {"'a", "\"a", "$a$ $", "/* /* */", "e'\\", "x'", "u&'", "$", "1e+", "1a", "$1a"}) {
        bool fine = true;
        ours(text, fine);
        EXPECT_FALSE(fine) << text;
    }
}

}  // namespace
}  // namespace weir::query

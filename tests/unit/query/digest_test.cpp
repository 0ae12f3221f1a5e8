#include "query/digest.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "case_file.hpp"
#include "query/analyze.hpp"
#include "query/clock_words.hpp"
#include "query/lexer.hpp"
#include "query/siphash.hpp"

namespace weir::query {
namespace {

constexpr digest_key key = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

digest of(std::string_view text) { return make_digest(text, key).shape; }

std::vector<token> tokens_of(const std::string& text) {
    std::vector<token> out;
    lexer l(text);
    token t;
    for (l.next(t); t.kind != token_kind::end && t.kind != token_kind::broken; l.next(t))
        out.push_back(t);
    if (t.kind == token_kind::broken) out.clear();
    return out;
}

bool has_unicode_word(const std::vector<token>& tokens) {
    for (const token& t : tokens)
        if (t.kind == token_kind::unicode_word) return true;
    return false;
}

/// The vectors of the reference implementation (vectors.h, 128 bits of output).
TEST(siphash, gives_the_reference_values) {
    siphash none(key);
    EXPECT_EQ(none.finish(), (digest{0xe6a825ba047f81a3u, 0x930255c71472f66du}));
    siphash one(key);
    one.byte('\0');
    EXPECT_EQ(one.finish(), (digest{0x44af996bd8c187dau, 0x45fc229b11597634u}));
}

TEST(siphash, does_not_depend_on_how_it_is_fed) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += static_cast<char>(i * 7);
    siphash whole(key);
    whole.bytes(text);
    const digest expected = whole.finish();
    for (std::size_t step : {1u, 3u, 63u, 64u, 65u, 200u}) {
        siphash pieces(key);
        for (std::size_t at = 0; at < text.size(); at += step) pieces.bytes(text.substr(at, step));
        EXPECT_EQ(pieces.finish(), expected) << step;
    }
}

TEST(digest, text_shows_the_shape) {
    const std::vector<std::pair<std::string, std::string>> pairs = {
        {"SELECT  *\nFROM T WHERE A='x'  -- c", "select * from t where a = ?"},
        {"select $1, 2.5, e'a\\'', $$b$$, x'1F', u&'c', n'd'", "select ?, ?, ?, ?, ?, ?, n ?"},
        {"select * from t where a in (1, 2, 3)", "select * from t where a in (?)"},
        {"select * from t where a in (1, b, b, 2, 3)", "select * from t where a in (?, b, ?)"},
        {"select * from t where (a,b) in ((1,2),(3,4))",
         "select * from t where (a, b) in ((?, ?))"},
        {"select * from t where a in (select b, b from u)",
         "select * from t where a in (select b, b from u)"},
        {"insert into t (a,b) values (1,now()),(2,now()) returning a",
         "insert into t(a, b) values (?, now()) returning a"},
        {"insert into t values (1, 2), (3, default), (4, default)",
         "insert into t values (?, ?), (?, default)"},
        {"select count(*), \"A\".b::int[] from \"A\"",
         "select count(*), \"A\".b::int[] from \"A\""},
        {"select -1, a - 1, a-1, - 1, (-1), 1 - -1, a = -1",
         "select ?, a - ?, a - ?, ?, (?), ? - ?, a = ?"},
        {"select 1 limit 10", "select ? limit ?"},
        {"select 1 limit all", "select ? limit all"},
        {"select /* a */ 1 /* b */;", "select ?;"},
        {"select 'open", "select 'open"},
        {"", ""},
    };
    for (const auto& [text, shape] : pairs) EXPECT_EQ(digest_text(text), shape);
}

TEST(digest, keeps_different_shapes_apart) {
    const std::vector<std::pair<std::string, std::string>> pairs = {
        {"select 1 limit 10", "select 1 limit all"},
        {"select a", "select \"a\""},
        {"select \"A\"", "select \"a\""},
        {"select a b", "select ab"},
        {"select n'a'", "select n 'a'"},
        {"select e'a'", "select e 'a'"},
        {"select a - 1", "select a, -1"},
        {"select a -1", "select a 1"},
        {"select 1 2", "select 1"},
        {"select (1), (2)", "select (1)"},
        {"select array[1, 2]", "select array[1]"},
        {"select f(1, 2)", "select f(1)"},
        {"select * from t where a in (select b, b from t)",
         "select * from t where a in (select b from t)"},
        {"values (1, 2)", "values (1), (2)"},
        {"values (1), (2, 3)", "values (1)"},
        {"select a in (1), (1)", "select a in (1)"},
        {"select ?", "select 1"},
        {"select \x03", "select 1"},
        {"select \"\x03\"", "select 1"},
        {"select a where b < 'now'", "select a where b < '2020-01-01'"},
        {"select '!0061' uescape '!'", "select '!0061' uescape '?'"},
        {"select U&\"!0061\" uescape '!'", "select U&\"!0061\" uescape '?'"},
        {"select 'a", "select 'b"},
        {"select true", "select 1"},
        {"select null", "select 1"},
    };
    for (const auto& [one, other] : pairs) EXPECT_NE(of(one), of(other)) << one << " | " << other;
}

/// Of more than 63 bytes the server keeps the first 63; what they are is known of ASCII alone.
TEST(digest, takes_names_as_far_as_the_server_keeps_them) {
    const std::string kept(63, 'k');
    EXPECT_EQ(of("select " + kept), of("select " + kept + "X"));
    EXPECT_EQ(of("select \"" + kept + "\""), of("select \"" + kept + "X\""));
    EXPECT_EQ(digest_text("select " + kept + "x y"), "select " + kept + " y");
    EXPECT_EQ(digest_text("select \"" + kept + "x\""), "select \"" + kept + "\"");
    const std::string short_of_it(62, 'k');
    EXPECT_NE(of("select " + short_of_it), of("select " + kept));
    EXPECT_EQ(of("select \"" + short_of_it + "\"\"x\""), of("select \"" + short_of_it + "\"\"y\""));
    EXPECT_NE(of("select \"" + short_of_it + "\"\"\""), of("select \"" + short_of_it + "\""));
    EXPECT_NE(of("select " + kept + "\xc3\xa4"), of("select " + kept + "\xc3\xb6"));
    EXPECT_NE(of("select \xc3\x84"), of("select \xc3\xa4"));
}

TEST(Digest, MarksThatStandApartStayApart) {
    EXPECT_EQ(digest_text("a . . b"), "a. .b");
    EXPECT_EQ(digest_text("a :: : b"), "a:: : b");
    EXPECT_EQ(digest_text("s.t::int"), "s.t::int");
}

TEST(digest, depends_on_the_key) {
    EXPECT_NE(of("select 1"), make_digest("select 1", {1, 2}).shape);
    EXPECT_NE(raw_digest("select 1", key), of("select 1"));
    EXPECT_EQ(to_string(digest{0x0123456789abcdefu, 0xfu}), "0123456789abcdef000000000000000f");
}

TEST(digest, says_which_texts_cannot_be_tokenised) {
    EXPECT_TRUE(make_digest("select 1", key).well_formed);
    for (const std::string& text :
         {std::string("'a"), std::string("/*"), std::string("a\0b", 3), std::string("\\")})
        EXPECT_FALSE(make_digest(text, key).well_formed) << text;
}

TEST(digest, finds_the_first_hint) {
    EXPECT_EQ(make_digest("/* weir: primary */ select 1", key).wish, hint::primary);
    EXPECT_EQ(make_digest("select 1 /*weir:replica*/", key).wish, hint::replica);
    EXPECT_EQ(make_digest("/* x */ /* weir: replica */ /* weir: primary */", key).wish,
              hint::replica);
    EXPECT_EQ(make_digest("/* weir: later=1 */ select /* weir:\tprimary\n*/ 1", key).wish,
              hint::primary);
    EXPECT_EQ(make_digest("select '/* weir: primary */'", key).wish, hint::none);
    EXPECT_EQ(make_digest("select \"/* weir: primary */\"", key).wish, hint::none);
    EXPECT_EQ(make_digest("-- weir: primary\nselect 1", key).wish, hint::none);
    EXPECT_EQ(make_digest("/* /* weir: primary */ */ select 1", key).wish, hint::none);
    EXPECT_EQ(make_digest("/* weir: elsewhere */ select 1", key).wish, hint::none);
    EXPECT_EQ(of("/* weir: primary */ select 1"), of("select 1"));
}

/// The same tokens with other literals, other letters, other blanks.
std::string varied(const std::vector<token>& tokens, std::mt19937& random) {
    static const std::vector<std::string> literals = {"7",      "'x'",       "'it''s'", "$2",
                                                      "E'\\''", "$q$ ' $q$", "0.5e3"};
    static const std::vector<std::string> blanks = {" ",         "\n",     "\t  ",
                                                    " /* - */ ", " --x\n", " /* /* */ */ "};
    std::string out;
    bool string_before = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const token& t = tokens[i];
        const bool after_national = i > 0 && tokens[i - 1].kind == token_kind::national;
        // Two literals side by side must not become one, nor N and its literal two things.
        if (!after_national)
            out += string_before ? std::string(" ") : blanks[random() % blanks.size()];
        switch (t.kind) {
            case token_kind::word:
                for (const char c : t.text) {
                    const bool letter = lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z';
                    out += letter && random() % 2 == 0 ? static_cast<char>(c ^ 0x20) : c;
                }
                break;
            case token_kind::number:
                out += random() % 2 == 0 ? "12" : "3.5";
                break;
            case token_kind::string:
                if (literal_has_clock_word(t.text)) {
                    out += t.text;
                    break;
                }
                out += after_national ? "'y'" : literals[random() % literals.size()];
                break;
            case token_kind::parameter:
                out += "$7";
                break;
            default:
                out += t.text;
        }
        string_before = t.kind == token_kind::string;
    }
    return out;
}

TEST(digest, is_equal_for_texts_that_differ_in_literals_case_and_blanks) {
    std::mt19937 random(7);
    for (const auto& c : testing::all_cases()) {
        const std::vector<token> tokens = tokens_of(c.statement);
        if (tokens.empty() || has_unicode_word(tokens)) continue;
        for (int round = 0; round < 20; ++round) {
            const std::string other = varied(tokens, random);
            ASSERT_EQ(of(other), of(c.statement)) << c.place << "\n"
                                                  << c.statement << "\n"
                                                  << other;
            ASSERT_EQ(digest_text(other), digest_text(c.statement)) << c.place;
        }
    }
}

TEST(digest, differs_where_any_token_but_a_literal_differs) {
    for (const auto& c : testing::all_cases()) {
        const std::vector<token> tokens = tokens_of(c.statement);
        if (has_unicode_word(tokens)) continue;
        for (std::size_t changed = 0; changed < tokens.size(); ++changed) {
            const token& t = tokens[changed];
            if (t.kind == token_kind::number || t.kind == token_kind::string ||
                t.kind == token_kind::parameter || t.is('-') || t.is('+'))
                continue;
            const auto at = static_cast<std::size_t>(t.text.data() - c.statement.data());
            std::string other = c.statement;
            other.replace(at, t.text.size(), t.kind == token_kind::word ? " zz " : " ~!~ ");
            ASSERT_NE(of(other), of(c.statement)) << c.place << "\n"
                                                  << c.statement << "\n"
                                                  << other;
        }
    }
}

TEST(digest, is_one_for_one_text_of_the_shape_on_all_cases) {
    std::map<std::string, digest> by_text;
    std::map<digest, std::string> by_digest;
    std::map<digest, facts> judged;
    for (const auto& c : testing::all_cases()) {
        const std::string text = digest_text(c.statement);
        const digest d = of(c.statement);
        const auto [t, new_text] = by_text.emplace(text, d);
        EXPECT_EQ(t->second, d) << c.place;
        const auto [s, new_digest] = by_digest.emplace(d, text);
        EXPECT_EQ(s->second, text) << c.place;
        const facts f = analyze(c.statement, 1 << 20);
        if (f.literals_matter) continue;
        const auto [k, new_facts] = judged.emplace(d, f);
        EXPECT_TRUE(k->second == f) << c.place << ": facts of one shape differ: " << text;
    }
}

TEST(digest, takes_any_depth_of_lists_and_parentheses) {
    std::string deep = "select 1";
    for (int i = 0; i < 50; ++i)
        deep = "select * from t where a in ((" + deep + "), 2, 3) and b in (values (1), (2))";
    EXPECT_EQ(of(deep), of(deep));
    EXPECT_NE(of(deep), of(deep + " limit 1"));
    for (const char* open : {"in (", "values (", "in (1, values (2), (", "(", ")", "in ()",
                             "values ()", "values (1),"})
        EXPECT_EQ(of(open), of(std::string(open) + " ")) << open;
    EXPECT_NE(of("a in (1, 2"), of("a in (1, 2)"));
    EXPECT_NE(of("values (1"), of("values (1)"));
}

TEST(digest, a_hint_can_name_a_token) {
    EXPECT_EQ(make_digest("/* weir: after=w1-7-1-100 */ select 1", {1, 2}).wish, hint::after);
    EXPECT_EQ(hint_token("select '/* weir: after=no */' /* weir: after=w1-7-1-100 */"), "w1-7-1-100");
    EXPECT_EQ(hint_token("/* weir: primary */ select 1 /* weir: after=w1-7-1-100 */"), "");
    EXPECT_EQ(hint_token("select 1"), "");
    EXPECT_EQ(hint_token("select 'open"), "");
}

}  // namespace
}  // namespace weir::query

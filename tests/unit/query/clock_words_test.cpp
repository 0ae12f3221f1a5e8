// Which statements tell the time at which their transaction began.
#include "query/clock_words.hpp"

#include <gtest/gtest.h>
#include <pg_query.h>

#include <random>
#include <vector>

#include "query/analyze.hpp"
#include "query/lexer.hpp"
#include "query/verdict_cache.hpp"

namespace weir::query {
namespace {

constexpr std::size_t limit = 1 << 20;

bool is_one_literal(const std::string& text) {
    lexer from(text);
    token t;
    from.next(t);
    return t.kind == token_kind::string && t.text.size() == text.size();
}

TEST(clock_words, are_told_wherever_a_statement_has_them) {
    for (const char* text :
         {"select now()", "select pg_catalog.now()", "select transaction_timestamp()",
          "select current_timestamp", "select current_timestamp(3)", "select current_date",
          "select current_time", "select current_time(0)", "select localtime", "select localtime(2)",
          "select localtimestamp", "select localtimestamp(1)", "select age(a) from t",
          "select 1 from t where a > now() - interval '1 day'", "select * from t where a < 'now'",
          "select timestamp 'now'", "select 'today'::date", "select date 'Tomorrow'",
          "select 'yesterday allballs'::timestamptz", "select '{now,2020-01-01}'::timestamptz[]",
          "select E'n\\x6fw'::timestamp", "select U&'\\006eow'::timestamp", "select $$now$$::date",
          "with a as (select current_date as d) select * from a", "select 1; select now()",
          "select now(); select 1", "explain select now()", "insert into t values (now())",
          "copy (select current_date) to stdout", "update t set a = localtimestamp",
          "select * from generate_series(current_date, date '2030-01-01', '1 day')"})
        EXPECT_TRUE(analyze(text, limit).tells_time) << text;
}

TEST(clock_words, are_not_told_where_there_are_none) {
    for (const char* text :
         {"", "select 1", "select statement_timestamp()", "select clock_timestamp(), timeofday()",
          "select current_user, current_role, session_user, current_catalog, current_schema",
          "select age(a, b) from t", "select timestamp '2020-01-01'", "select 'known', 'nowhere'",
          "select \"now\" from t", "select now from t", "select public.now()",
          "select 'yesterdays'::text", "select 'to day'", "select interval '1 day'",
          "create table t (a timestamptz default now())", "select E'\\now'"})
        EXPECT_FALSE(analyze(text, limit).tells_time) << text;
}

/// Else the first of two texts that share a shape would say for both whether it tells the time.
TEST(clock_words, are_remembered_apart_from_other_literals) {
    verdict_cache cache(16 << 20, limit, {1, 2});
    for (int round = 0; round < 2; ++round) {
        EXPECT_FALSE(cache.look_up("select timestamp '2020-01-01'", {}).known->tells_time);
        EXPECT_TRUE(cache.look_up("select timestamp 'now'", {}).known->tells_time);
        EXPECT_TRUE(cache.look_up("select timestamp E'n\\157w'", {}).known->tells_time);
        EXPECT_FALSE(cache.look_up("select timestamp U&'x'", {}).known->tells_time);
        EXPECT_TRUE(cache.look_up("select timestamp U&'!006eow' uescape '!'", {}).known->tells_time);
        EXPECT_FALSE(cache.look_up("select timestamp U&'?006eow' uescape '!'", {}).known->tells_time);
    }
}

/// The literal in the text and the value that PostgreSQL's grammar makes of it say the same.
TEST(clock_words, are_found_in_a_literal_as_in_its_value) {
    const std::vector<std::string> pieces = {
        "now",     "today",   "to",        "day",  "n",      "o",       "w",    "NOW",  " ",
        "''",      "\\",      "\\\\",      "\\x6f", "\\x6",   "\\157",   "\\6",  "\\u006f",
        "\\U0000006F", "\\006e", "\\+00006f", "x",  "'\n'",   "\\n",     "\\t",  "\\'",  "tomorrow",
        "yesterday",   "s",      "{",         ",",  "\xc3\xa4"};
    const std::vector<std::pair<std::string, std::string>> quotes = {
        {"'", "'"}, {"e'", "'"}, {"E'", "'"}, {"u&'", "'"}, {"$$", "$$"}, {"$now$", "$now$"}};
    std::mt19937 random(5);
    int with = 0;
    int without = 0;
    for (int round = 0; round < 60'000; ++round) {
        const auto& [open, close] = quotes[random() % quotes.size()];
        std::string literal = open;
        for (auto n = 1 + random() % 4; n > 0; --n) literal += pieces[random() % pieces.size()];
        literal += close;
        const std::string text = "select " + literal;
        const PgQueryParseResult parsed = pg_query_parse(text.c_str());
        const bool one = parsed.error == nullptr && is_one_literal(literal);
        pg_query_free_parse_result(parsed);
        if (!one) continue;
        const bool told = analyze(text, limit).tells_time;
        ASSERT_EQ(literal_has_clock_word(literal), told) << literal;
        ++(told ? with : without);
    }
    EXPECT_GT(with, 1000);
    EXPECT_GT(without, 10'000);
}

}  // namespace
}  // namespace weir::query

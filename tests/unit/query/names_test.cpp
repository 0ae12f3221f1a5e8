#include <gtest/gtest.h>

#include <algorithm>

#include "query/analyze.hpp"

namespace weir::query {
namespace {

using enum used_kind;

facts of(std::string_view text) { return analyze(text, 1 << 20); }

bool uses(const facts& f, const used_name& n) {
    return std::find(f.names.begin(), f.names.end(), n) != f.names.end();
}

TEST(names, are_what_the_catalog_has_to_explain) {
    const facts f = of("select f(1, x), s.g(), a @@@ b, c OPERATOR(s.@) d, '1'::mood, x::s.t[] from t, s.u");
    EXPECT_FALSE(f.read_only);
    EXPECT_TRUE(f.catalog_decides);
    EXPECT_EQ(f.names, (std::vector<used_name>{{function, "", "f", 2},
                                               {function, "s", "g", 0},
                                               {operation, "", "@@@"},
                                               {operation, "s", "@"},
                                               {type, "", "mood"},
                                               {type, "s", "t"},
                                               {relation, "", "t"},
                                               {relation, "s", "u"}}));
}

TEST(names, of_built_ins_are_among_them_because_they_may_be_hidden) {
    const facts f = of("select lower(x) from pg_class where a = 1");
    EXPECT_TRUE(f.read_only);
    EXPECT_TRUE(f.catalog_decides);
    EXPECT_TRUE(uses(f, {function, "", "lower", 1}));
    EXPECT_TRUE(uses(f, {operation, "", "="}));
    EXPECT_TRUE(uses(f, {relation, "", "pg_class"}));
}

TEST(names, of_a_with_are_none) {
    const facts f = of("with w as (select 1 from t) select * from w");
    EXPECT_EQ(f.names, (std::vector<used_name>{{relation, "", "t"}}));
}

TEST(names, of_operators_that_are_not_written) {
    for (const auto* text : {"select x in (1, 2)", "select x in (select 1)", "select case x when 1 then 2 end",
                             "select 1 from t join u using (a)", "select 1 from t natural join u",
                             "select nullif(a, b)", "select a is distinct from b"})
        EXPECT_TRUE(uses(of(text), {operation, "", "="})) << text;
    EXPECT_TRUE(uses(of("select x between 1 and 2"), {operation, "", ">="}));
    EXPECT_TRUE(uses(of("select x like 'a'"), {operation, "", "~~"}));
}

TEST(names, of_fields_may_be_functions) {
    EXPECT_TRUE(uses(of("select t.f from t"), {field, "", "f"}));
    EXPECT_TRUE(uses(of("select (g()).f"), {field, "", "f"}));
    EXPECT_TRUE(of("select f, t.* from t").names == of("select 1 from t").names);
}

TEST(names, do_not_matter_where_nothing_can_make_a_read_of_it) {
    for (const auto* text : {"insert into t select f()", "select f() for update", "select f() into x",
                             "explain insert into t select f()", "set x = 1", "begin", "select f(", "select f(); begin",
                             "with w as (delete from t returning *) select f() from w",
                             "select f(); delete from t"}) {
        const facts f = of(text);
        EXPECT_FALSE(f.catalog_decides) << text;
        EXPECT_EQ(f.names, std::vector<used_name>{}) << text;
    }
    EXPECT_FALSE(of("select 1").catalog_decides);
    EXPECT_TRUE(of("select 1").read_only);
}

TEST(names, of_several_statements_are_those_of_all) {
    const facts f = of("select f() from t; select g(1) from t; select 1");
    EXPECT_TRUE(f.catalog_decides);
    EXPECT_EQ(f.names, (std::vector<used_name>{
                           {function, "", "f", 0}, {function, "", "g", 1}, {relation, "", "t"}}));
}

}  // namespace
}  // namespace weir::query

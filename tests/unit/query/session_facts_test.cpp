// What statements do to the session: names of PREPARE and its kind, settings, sequences, and what they
// may leave behind or put an end to.
#include <gtest/gtest.h>

#include "query/analyze.hpp"
#include "query/verdict_cache.hpp"

namespace weir::query {

void PrintTo(const named_statement& n, std::ostream* to) {
    *to << static_cast<int>(n.does) << " #" << n.index << " '" << n.name << "' " << n.text;
}

namespace {

using names = std::vector<std::string>;
using numbers = std::vector<std::uint16_t>;
using act = named_statement::act;

facts of(std::string_view text) { return analyze(text, 1 << 20); }
std::vector<named_statement> named(std::string_view text) { return of(text).named; }

TEST(session_facts, prepare_is_kept_with_its_own_text) {
    EXPECT_EQ(named("prepare p as select 1"),
              (std::vector<named_statement>{{act::prepare, 0, "p", "prepare p as select 1"}}));
    EXPECT_EQ(named("select 1;\n /* a; */ PREPARE \"A b\" (int) AS\n select $1 ;  ; delete from t"),
              (std::vector<named_statement>{
                  {act::prepare, 1, "A b", "/* a; */ PREPARE \"A b\" (int) AS\n select $1"}}));
    // Text is counted in bytes.
    EXPECT_EQ(named("select '\xc3\xa4\xe2\x82\xac'; prepare p as select '\xc3\xa4'; select 1").at(0).text,
              "prepare p as select '\xc3\xa4'");
}

TEST(session_facts, names_are_folded_as_the_server_does) {
    EXPECT_EQ(named("prepare Foo as select 1").at(0).name, "foo");
    EXPECT_EQ(named("prepare \"Foo\" as select 1").at(0).name, "Foo");
    EXPECT_EQ(named("execute FOO(1)").at(0).name, "foo");
    EXPECT_EQ(named("deallocate prepare FOO").at(0).name, "foo");
    EXPECT_EQ(named("deallocate \"a \"\"b\"\"\"").at(0).name, "a \"b\"");
}

TEST(session_facts, each_name_is_told_with_what_is_done_to_it) {
    EXPECT_EQ(named("execute p"), (std::vector<named_statement>{{act::execute, 0, "p"}}));
    EXPECT_EQ(named("deallocate p"), (std::vector<named_statement>{{act::deallocate, 0, "p"}}));
    EXPECT_EQ(named("deallocate a_name_that_does_not_fit_into_a_small_string"),
              (std::vector<named_statement>{
                  {act::deallocate, 0, "a_name_that_does_not_fit_into_a_small_string"}}));
    EXPECT_EQ(named("deallocate all"), (std::vector<named_statement>{{act::deallocate_all, 0, ""}}));
    EXPECT_EQ(named("discard all"), (std::vector<named_statement>{{act::deallocate_all, 0, ""}}));
    for (const auto text : {"explain execute p", "explain (analyze) execute p(1)",
                            "create table t as execute p", "create temp table t as execute p(1, 2)"})
        EXPECT_EQ(named(text), (std::vector<named_statement>{{act::execute, 0, "p"}})) << text;
    for (const auto text : {"select 1", "discard temp", "listen p", "close p", ""})
        EXPECT_TRUE(named(text).empty()) << text;
}

TEST(session_facts, the_index_counts_statements_and_not_semicolons) {
    const auto all = named(";; prepare p as select 1;; execute p; ; deallocate p; execute q");
    ASSERT_EQ(all.size(), 4u);
    EXPECT_EQ(all[0], (named_statement{act::prepare, 0, "p", "prepare p as select 1"}));
    EXPECT_EQ(all[1], (named_statement{act::execute, 1, "p"}));
    EXPECT_EQ(all[2], (named_statement{act::deallocate, 2, "p"}));
    EXPECT_EQ(all[3], (named_statement{act::execute, 3, "q"}));
    const facts both = merge(of("select 1; execute p"), of("execute p; deallocate q"));
    EXPECT_EQ(both.named, (std::vector<named_statement>{
                              {act::execute, 1, "p"}, {act::execute, 2, "p"}, {act::deallocate, 3, "q"}}));
}

TEST(session_facts, statements_are_counted) {
    EXPECT_EQ(of("").statements, 0);
    EXPECT_EQ(of(" ; -- nothing\n ;").statements, 0);
    EXPECT_EQ(of("select 1").statements, 1);
    EXPECT_EQ(of("select 1;; select 2;").statements, 2);
    EXPECT_EQ(of("begin; select 1; commit").statements, 3);
}

/// The text is part of what is known of it: no shape stands for it.
TEST(session_facts, prepare_is_never_known_by_its_shape) {
    EXPECT_TRUE(of("prepare p as select 1").literals_matter);
    EXPECT_TRUE(of("select 1; prepare p as select 1").literals_matter);
    EXPECT_FALSE(of("execute p(1)").literals_matter);
    verdict_cache cache(1 << 20, 1 << 16, {1, 2});
    EXPECT_EQ(cache.look_up("prepare p as select 1", {}).known->named.at(0).text, "prepare p as select 1");
    EXPECT_EQ(cache.look_up("prepare p as select 2", {}).known->named.at(0).text, "prepare p as select 2");
}

TEST(session_facts, custom_settings_are_named) {
    for (const auto text :
         {"set App.Tenant = 'x'", "set session app.tenant to default", "set local app.tenant = 1",
          "reset APP.tenant", "select set_config('App.Tenant', 'x', false)",
          "select set_config('app.tenant', 'x', true)", "select pg_catalog.set_config('app.tenant'::text, $1, false)",
          "insert into t values (set_config('app.tenant', 'x', false))",
          "prepare p as select set_config('app.tenant', $1, false)"})
        EXPECT_EQ(of(text).custom_settings, (names{"app.tenant"})) << text;
    EXPECT_EQ(of("set \"App\".x = 1; set app.y = 2; set app.x = 3").custom_settings,
              (names{"app.x", "app.y"}));
    for (const auto text : {"set work_mem = 1", "reset all", "set local search_path = a",
                            "select set_config('work_mem', '1', false)", "show app.tenant",
                            "select current_setting('app.tenant')", "select 'app.tenant'"})
        EXPECT_EQ(of(text).custom_settings, names()) << text;
}

TEST(session_facts, settings_of_bound_names_are_numbered) {
    EXPECT_EQ(of("select set_config($2, $1, false)").setting_parameters, numbers{2});
    EXPECT_EQ(of("select set_config($3::text, $1, true), set_config($1, 'x', false)").setting_parameters,
              (numbers{3, 1}));
    EXPECT_EQ(of("select set_config('a.b', $1, false)").setting_parameters, numbers());
    EXPECT_FALSE(any(of("select set_config($1, $2, false)").pins & pin_cause::unknown_setting));
}

TEST(session_facts, settings_of_computed_names_are_not_known) {
    for (const auto text :
         {"select set_config('a.' || 'b', 'x', false)", "select set_config(name, 'x', true) from t",
          "select set_config(lower($1), 'x', false)", "select set_config((select 'a.b'), 'x', true)"})
        EXPECT_TRUE(any(of(text).pins & pin_cause::unknown_setting)) << text;
    EXPECT_FALSE(any(of("select set_config('a.b', 'x' || 'y', false)").pins & pin_cause::unknown_setting));
}

TEST(session_facts, what_is_put_an_end_to) {
    struct {
        const char* text;
        pin_cause ends;
    } const all[] = {
        {"unlisten *", pin_cause::listen},
        {"unlisten c", pin_cause::listen},
        {"close c", pin_cause::hold_cursor},
        {"close all", pin_cause::hold_cursor},
        {"select pg_advisory_unlock(1)", pin_cause::advisory_lock},
        {"select pg_advisory_unlock_all()", pin_cause::advisory_lock},
        {"select pg_catalog.pg_advisory_unlock_shared(1, 2)", pin_cause::advisory_lock},
        {"drop table t", pin_cause::temporary},
        {"discard temp", pin_cause::temporary},
        {"discard temporary", pin_cause::temporary},
        {"discard sequences", pin_cause::sequence_value},
        {"discard all", pin_cause::temporary | pin_cause::hold_cursor | pin_cause::advisory_lock |
                            pin_cause::listen | pin_cause::sequence_value},
        {"close all; unlisten *", pin_cause::hold_cursor | pin_cause::listen},
        {"explain (analyze) select pg_advisory_unlock(1)", pin_cause::advisory_lock},
        {"explain select pg_advisory_unlock(1)", pin_cause::none},
        {"discard plans", pin_cause::none},
        {"reset all", pin_cause::none},
        {"select pg_advisory_lock(1)", pin_cause::none},
        {"insert into t values (1)", pin_cause::none},
    };
    for (const auto& one : all) EXPECT_EQ(of(one.text).ends, one.ends) << one.text;
}

TEST(session_facts, what_is_not_built_in_happens_out_of_sight) {
    for (const auto text : {"select f()", "select now(), s.f(1)", "insert into t values (f())",
                            "explain analyze select f()", "select 1; select f()", "copy (select f()) to stdout",
                            "create table t as select f()", "prepare p as select f()",
                            "declare c cursor for select f()", "execute p(f())"})
        EXPECT_TRUE(of(text).out_of_sight) << text;
    for (const auto text : {"select now()", "insert into t values (1)", "select nextval('s')",
                            "explain select f()", "create view v as select f()", "drop table t",
                            "create function f() returns int language sql as 'select g()'"})
        EXPECT_FALSE(of(text).out_of_sight) << text;
}

TEST(session_facts, what_answers_from_the_sessions_sequences) {
    for (const auto text : {"select currval('s')", "select lastval()", "insert into t values (lastval())",
                            "select pg_catalog.currval('s'), 1", "select 1; select lastval()",
                            "update t set a = currval('s')"})
        EXPECT_TRUE(of(text).recalls_sequence) << text;
    for (const auto text : {"select nextval('s')", "select setval('s', 1)", "select 'currval'",
                            "select last_value from s", "insert into t values (1) returning id"})
        EXPECT_FALSE(of(text).recalls_sequence) << text;
}

TEST(session_facts, what_lists_prepared_statements) {
    for (const auto text :
         {"select * from pg_prepared_statements", "select name from pg_catalog.pg_prepared_statements where from_sql",
          "select * from pg_prepared_statement()", "select 1; table pg_prepared_statements",
          "select 1 where exists (select from pg_prepared_statements)",
          "create temp table t as select * from pg_prepared_statements"})
        EXPECT_TRUE(of(text).lists_statements) << text;
    for (const auto text : {"select * from pg_cursors", "select 'pg_prepared_statements'", "select 1",
                            "with pg_prepared_statements as (select 1) select * from pg_prepared_statements"})
        EXPECT_FALSE(of(text).lists_statements) << text;
}

TEST(session_facts, what_resets_the_name_of_the_application) {
    for (const auto text : {"reset all", "reset application_name", "set application_name to default",
                            "set local Application_Name to default", "RESET \"APPLICATION_NAME\""})
        EXPECT_TRUE(of(text).resets_name) << text;
    for (const auto text : {"reset work_mem", "set client_min_messages to default", "set application_name = 'x'",
                            "set local application_name to 'default'"})
        EXPECT_FALSE(of(text).resets_name) << text;
}

TEST(session_facts, reset_all_alone_clears_settings) {
    EXPECT_TRUE(of("reset all").clears_settings);
    EXPECT_TRUE(of("RESET ALL;").clears_settings);
    for (const auto text : {"reset work_mem", "reset role", "set a = 1", "reset all; select 1", "discard all",
                            "set session authorization default"})
        EXPECT_FALSE(of(text).clears_settings) << text;
}

TEST(session_facts, merge_keeps_what_either_does_to_the_session) {
    const facts both = merge(of("set app.a = 1"), of("select lastval(), f(), set_config($1, 'x', true) "
                                                     "from pg_prepared_statements; unlisten *"));
    EXPECT_EQ(both.custom_settings, names{"app.a"});
    EXPECT_EQ(both.setting_parameters, numbers{1});
    EXPECT_TRUE(both.recalls_sequence);
    EXPECT_TRUE(both.out_of_sight);
    EXPECT_TRUE(both.lists_statements);
    EXPECT_EQ(both.ends, pin_cause::listen);
    EXPECT_EQ(both.statements, 3);
    EXPECT_FALSE(both.clears_settings);
}

TEST(session_facts, every_cause_has_a_phrase) {
    for (unsigned c = 1; c <= static_cast<unsigned>(pin_cause::unknown_setting); c <<= 1) {
        EXPECT_NE(phrase(static_cast<pin_cause>(c)), "several") << c;
        EXPECT_FALSE(phrase(static_cast<pin_cause>(c)).empty()) << c;
    }
}

}  // namespace
}  // namespace weir::query

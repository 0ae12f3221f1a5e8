#include "query/analyze.hpp"

#include <gtest/gtest.h>

namespace weir::query {
namespace {

using names = std::vector<std::string>;

facts of(std::string_view text) { return analyze(text, 1 << 20); }

TEST(analyze, tells_the_modes_of_a_transaction) {
    const facts f = of("begin isolation level serializable read only deferrable");
    EXPECT_EQ(f.kind, statement_kind::begin);
    EXPECT_EQ(f.level, isolation::serializable);
    EXPECT_EQ(f.access, access_mode::read_only);
    EXPECT_TRUE(f.deferrable);
    EXPECT_FALSE(f.start_transaction);
    EXPECT_TRUE(f.controls_transaction);

    EXPECT_EQ(of("begin").access, access_mode::unsaid);
    EXPECT_EQ(of("begin").level, isolation::unsaid);
    EXPECT_EQ(of("begin read write, not deferrable").access, access_mode::read_write);
    EXPECT_FALSE(of("begin deferrable, not deferrable").deferrable);
    EXPECT_EQ(of("begin read only, read write").access, access_mode::read_write);
    EXPECT_EQ(of("begin isolation level repeatable read").level, isolation::repeatable_read);
    EXPECT_EQ(of("begin isolation level read committed").level, isolation::read_committed);
    EXPECT_EQ(of("begin isolation level read uncommitted").level, isolation::read_uncommitted);
    EXPECT_TRUE(of("start transaction").start_transaction);
}

TEST(analyze, tells_the_modes_that_set_gives) {
    const facts one = of("set transaction isolation level repeatable read, read only");
    EXPECT_EQ(one.kind, statement_kind::set_local);
    EXPECT_EQ(one.level, isolation::repeatable_read);
    EXPECT_EQ(one.access, access_mode::read_only);
    const facts all = of("set session characteristics as transaction read only");
    EXPECT_EQ(all.kind, statement_kind::set);
    EXPECT_EQ(all.access, access_mode::read_only);
    EXPECT_EQ(all.pins, pin_cause::settings);
}

TEST(analyze, tells_what_an_aborted_transaction_takes) {
    for (const char* text : {"commit", "end", "rollback", "abort", "prepare transaction 'a'", "rollback to a"})
        EXPECT_TRUE(of(text).exits_transaction) << text;
    for (const char* text : {"begin", "savepoint a", "release a", "select 1", "rollback prepared 'a'"})
        EXPECT_FALSE(of(text).exits_transaction) << text;
}

TEST(analyze, tells_what_controls_a_transaction) {
    for (const char* text : {"begin", "start transaction", "commit", "end", "rollback", "abort",
                             "prepare transaction 'a'", "select 1; commit", "begin; select 1"})
        EXPECT_TRUE(of(text).controls_transaction) << text;
    for (const char* text : {"savepoint a", "rollback to a", "release a", "commit prepared 'a'",
                             "set transaction read only", "select 1", "select 1; select 2"})
        EXPECT_FALSE(of(text).controls_transaction) << text;
    EXPECT_TRUE(of("commit and chain").chain);
    EXPECT_TRUE(of("rollback and chain").chain);
    EXPECT_FALSE(of("commit and no chain").chain);
}

TEST(analyze, tells_what_may_leave_wal_behind) {
    for (const char* text :
         {"insert into t values (1)", "commit", "select f()", "select * from t for update",
          "select nextval('s')", "create table t ()", "execute p", "call p()", "what",
          "select 1; delete from t", "copy t from stdin", "explain analyze delete from t",
          "select 1 into t", "with x as (delete from t returning a) select a from x"})
        EXPECT_TRUE(of(text).writes_position) << text;
    for (const char* text :
         {"select 1", "begin", "rollback", "set a = 1", "show a", "select pg_is_in_recovery()",
          "select * from pg_stat_activity", "savepoint a", "listen a", "discard all",
          "explain delete from t", "deallocate all", "prepare p as delete from t", ""})
        EXPECT_FALSE(of(text).writes_position) << text;
}

TEST(analyze, tells_the_name_that_is_deallocated) {
    EXPECT_EQ(of("deallocate Foo").name, "foo");
    EXPECT_EQ(of("deallocate prepare \"Foo\"").name, "Foo");
    EXPECT_EQ(of("deallocate all").name, "");
    EXPECT_EQ(of("deallocate \"a\\b\"\"c\"").name, "a\\b\"c");
    EXPECT_EQ(of("deallocate \"<\t>\"").name, "<\t>");
}

TEST(analyze, tells_the_relations) {
    EXPECT_EQ(of("select * from A, s.B join a on true where x in (select y from C)").relations,
              (names{"a", "s.b", "c"}));
    EXPECT_EQ(of("insert into t select * from u").relations, (names{"t", "u"}));
    EXPECT_EQ(of("with t as (select * from v) insert into t select * from t").relations,
              (names{"t", "v"}));
    EXPECT_EQ(of("with x as (select 1) select * from x, s.x").relations, (names{"s.x"}));
    EXPECT_EQ(of("select 1; select * from a; delete from b using a").relations, (names{"a", "b"}));
    EXPECT_EQ(of("copy t to stdout").relations, (names{"t"}));
    EXPECT_EQ(of("truncate a, b").relations, (names{"a", "b"}));
    EXPECT_EQ(of("explain select * from t").relations, (names{"t"}));
    EXPECT_EQ(of("create view v as select * from t").relations, (names{"v", "t"}));
    EXPECT_EQ(of("select * from t for update of t").relations, (names{"t"}));
}

TEST(analyze, tells_where_literals_matter) {
    for (const char* text :
         {"select current_setting('a')", "select set_config('a', 'b', false)",
          "select 'a'::regclass", "select regclass('a')", "explain (analyze off) select 1",
          "select 1; select $1::regtype", "insert into t values ('a'::regclass)", "selekt"})
        EXPECT_TRUE(of(text).literals_matter) << text;
    for (const char* text :
         {"select 'a'", "explain select 1", "explain (analyze, verbose) select 1",
          "select nextval('s')", "set a = 'b'", "insert into t values (1)"})
        EXPECT_FALSE(of(text).literals_matter) << text;
}

TEST(analyze, merge_keeps_what_either_says) {
    const facts both = merge(of("set a = 1"), of("select pg_advisory_lock(1) from t"));
    EXPECT_EQ(both.kind, statement_kind::several);
    EXPECT_EQ(both.pins, pin_cause::settings | pin_cause::advisory_lock);
    EXPECT_EQ(both.relations, (names{"t"}));
    EXPECT_EQ(merge(of(""), of("begin")), of("begin"));
    EXPECT_EQ(merge(of("begin"), of(" ; ")), of("begin"));
    EXPECT_EQ(merge(of("begin read only"), of("select 1")).access, access_mode::read_only);
    EXPECT_TRUE(merge(of("select 1"), of("select 2")).read_only);
    EXPECT_EQ(merge(of("select 1"), of("delete from t")).why_not, obstacle::several);
    EXPECT_EQ(merge(of("select f()"), of("delete from t")).why_not, obstacle::unknown_function);
}

TEST(analyze, every_enumerator_has_a_phrase) {
    for (int o = 0; o <= static_cast<int>(obstacle::stale_catalog); ++o)
        EXPECT_FALSE(phrase(static_cast<obstacle>(o)).empty()) << o;
    for (unsigned c = 1; c <= static_cast<unsigned>(pin_cause::sequence_value); c <<= 1)
        EXPECT_NE(phrase(static_cast<pin_cause>(c)), "several") << c;
}

}  // namespace
}  // namespace weir::query

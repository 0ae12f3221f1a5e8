#include "query/catalog_view.hpp"

#include <gtest/gtest.h>

#include "catalog/builder.hpp"
#include "query/analyze.hpp"

namespace weir::query {
namespace {

catalog::snapshot_ptr snapshot(std::uint64_t version) {
    return *catalog::read("weir-catalog\t1\t150020\tshop\nschema\t11\tpg_catalog\n", version);
}

TEST(scope_store, gives_one_scope_for_one_path_user_and_snapshot) {
    scope_store scopes;
    const auto first = snapshot(1);
    const auto made = scopes.find(first, "\"$user\", public", "ann");
    EXPECT_EQ(made->path, (std::vector<std::string>{"ann", "pg_catalog", "public"}));
    EXPECT_EQ(scopes.find(first, "\"$user\", public", "ann"), made);
    EXPECT_NE(scopes.find(first, "\"$user\", public", "bob"), made);
    EXPECT_NE(scopes.find(first, "public", "ann"), made);
    EXPECT_NE(scopes.find(snapshot(2), "\"$user\", public", "ann"), made);
    EXPECT_EQ(scopes.find(first, "a,", "ann"), nullptr);
}

TEST(scope_store, forgets_what_no_session_uses) {
    scope_store scopes;
    const auto in = snapshot(1);
    for (int i = 0; i < 5000; ++i) scopes.find(in, "schema_" + std::to_string(i), "ann");
    EXPECT_LE(scopes.size(), 512u);
}

TEST(redefines, what_changes_a_catalog) {
    for (const auto* text :
         {"create table t (a int)", "create view v as select 1", "create or replace function f() returns int "
          "language sql as 'select 1'", "drop view v", "alter table t rename to u", "alter function f() stable",
          "create schema s", "create operator ### (function = f)", "create cast (int as text) without function",
          "create policy p on t", "alter table t enable row level security", "create type m as enum ('a')",
          "create extension citext", "create table t as select 1", "drop function f", "alter schema s rename to r",
          "create sequence s", "import foreign schema s from server x into public", "drop owned by ann",
          "create rule r as on select to t do instead select 1", "create domain d as int",
          "begin; create table t (a int)", "create aggregate a(int) (sfunc = f, stype = int)"})
        EXPECT_TRUE(analyze(text, 1 << 20).redefines) << text;
}

TEST(redefines, what_does_not) {
    for (const auto* text :
         {"create temporary table t (a int)", "create temp view v as select 1", "create index on t (a)",
          "insert into t values (1)", "truncate t", "vacuum t", "analyze", "select 1", "grant select on t to ann",
          "create role ann", "alter role ann set search_path = x", "comment on table t is 'x'", "reindex table t",
          "create temp table t as select 1", "refresh materialized view m", "set search_path = x", "begin",
          "do $$ begin end $$", "alter system set work_mem = 1", "create temporary sequence s", "drop index i"})
        EXPECT_FALSE(analyze(text, 1 << 20).redefines) << text;
}

TEST(redefines, what_is_dropped_must_be_there) {
    const auto in = *catalog::read("weir-catalog\t1\t150020\tshop\nschema\t11\tpg_catalog\nschema\t2200\tpublic\n"
                                   "schema\t16385\tother\nrelation\t16500\t2200\tt\tr\tp\tf\n");
    const auto scope = *make_scope(in, "public", "ann");
    const auto changes = [&](std::string_view text, const name_view& names) {
        return redefines(analyze(text, 1 << 20), names);
    };
    for (const auto* text : {"drop table t", "drop table x, t", "drop table public.t", "drop table x cascade",
                             "drop table x; create table y (a int)", "create table y (a int); drop table x",
                             "drop function x", "drop schema x", "drop table app.public.x", "drop view t"})
        EXPECT_TRUE(changes(text, {&scope, true})) << text;
    for (const auto* text : {"drop table x", "drop view if exists x", "drop sequence x, y", "drop table other.t",
                             "drop table pg_temp.t", "drop table x; select 1; drop view y",
                             "create temporary table x (a int); drop table x"})
        EXPECT_FALSE(changes(text, {&scope, true})) << text;
    EXPECT_TRUE(changes("drop table x", {&scope, false}));
    EXPECT_TRUE(changes("drop table x", {}));
}

}  // namespace
}  // namespace weir::query

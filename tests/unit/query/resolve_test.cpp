#include "query/resolve.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "case_file.hpp"
#include "catalog/builder.hpp"
#include "query/analyze.hpp"
#include "query/verdict_cache.hpp"

namespace weir::query {
namespace {

constexpr std::size_t limit = 1 << 20;
constexpr const char* folder = WEIR_SOURCE_DIR "/tests/cases/catalog";

catalog::snapshot_ptr shop(std::uint64_t version = 1) {
    std::ifstream in(std::string(folder) + "/shop.catalog", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return catalog::read(text.str(), version).value();
}

name_scope scope(std::string_view path = "public", std::uint64_t version = 1) {
    return *make_scope(shop(version), path, "ann");
}

facts resolved(std::string_view text, std::string_view path = "public") {
    return resolve(analyze(text, limit), scope(path));
}

TEST(resolve, every_case_of_the_saved_catalog) {
    std::size_t cases = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        if (file.path().extension() != ".tsv") continue;
        std::ifstream in(file.path(), std::ios::binary);
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with('#')) continue;
            const auto columns = testing::split(line, '\t');
            ASSERT_EQ(columns.size(), 5u) << line;
            const facts f = resolved(columns[1], columns[0]);
            EXPECT_EQ(f.read_only ? "replica" : "primary", columns[2]) << file.path() << line;
            EXPECT_EQ(testing::name_of(f.why_not), columns[3]) << file.path() << line;
            EXPECT_FALSE(f.catalog_decides) << line;
            ++cases;
        }
    }
    EXPECT_GE(cases, 120u);
}

TEST(resolve, a_function_that_is_harmless_leaves_nothing_behind) {
    EXPECT_TRUE(analyze("select twice(1)", limit).out_of_sight);
    const facts f = resolved("select twice(1)");
    EXPECT_FALSE(f.out_of_sight);
    EXPECT_FALSE(f.writes_position);
}

TEST(resolve, what_hides_a_write_may_leave_anything_behind) {
    EXPECT_FALSE(analyze("select * from v_lock", limit).out_of_sight);
    for (const auto* text : {"select * from v_lock", "select change()", "select 1 ### 2"}) {
        const facts f = resolved(text);
        EXPECT_TRUE(f.out_of_sight) << text;
        EXPECT_TRUE(f.writes_position) << text;
    }
    const facts shadowed = resolved("select lower('A')", "ahead");
    EXPECT_TRUE(shadowed.out_of_sight);
}

TEST(resolve, what_only_differs_on_a_replica_leaves_nothing_behind) {
    const facts f = resolved("select * from unlogged_t");
    EXPECT_FALSE(f.read_only);
    EXPECT_FALSE(f.out_of_sight);
    EXPECT_FALSE(f.writes_position);
}

TEST(resolve, an_implicit_cast_that_writes_is_in_the_way_of_everything) {
    auto text = catalog::write(*shop());
    text += "cast\t23\t25\t16404\ti\n";
    const auto with_cast = make_scope(*catalog::read(text), "public", "ann");
    EXPECT_EQ(resolve(analyze("select * from t", limit), *with_cast).why_not, obstacle::volatile_function);
    EXPECT_TRUE(resolve(analyze("select 1", limit), *with_cast).read_only) << "uses no name";
}

TEST(resolve, a_chain_of_views_and_bodies_without_end_is_no_read) {
    auto text = catalog::write(*shop());
    for (int i = 0; i < 1000; ++i)
        text += "relation\t" + std::to_string(20000 + i) + "\t2200\tchain_" + std::to_string(i) +
                "\tv\tp\tf\nrelation_reaches\t" + std::to_string(20000 + i) + "\tr" +
                std::to_string(20001 + i) + "\n";
    const auto in = make_scope(*catalog::read(text), "public", "ann");
    EXPECT_EQ(resolve(analyze("select * from chain_0", limit), *in).why_not, obstacle::unknown_relation);
}

TEST(resolve, a_catalog_that_has_changed_proves_nothing) {
    EXPECT_EQ(resolve_later(analyze("select * from t", limit)).why_not, obstacle::stale_catalog);
    EXPECT_FALSE(resolve_later(analyze("select now()", limit)).read_only);
    EXPECT_TRUE(resolve_later(analyze("select 1", limit)).read_only);
    EXPECT_EQ(resolve_later(analyze("delete from t", limit)), analyze("delete from t", limit));
}

TEST(resolve, a_search_path_that_is_no_list_makes_no_scope) {
    EXPECT_FALSE(make_scope(shop(), "a,", "ann"));
    EXPECT_NE(make_scope(shop(), "a", "ann")->path_hash, make_scope(shop(), "b", "ann")->path_hash);
    EXPECT_EQ(make_scope(shop(), "a, b", "ann")->path_hash, make_scope(shop(), "b, a", "ann")->path_hash);
}

TEST(resolved_verdicts, are_remembered_for_what_the_names_stand_for) {
    verdict_cache cache(1 << 20, limit, {1, 2});
    const auto known = cache.look_up("select tell()", {}).known;
    EXPECT_EQ(cache.resolved(known, {}), known);
    const auto in = scope();
    const auto read = cache.resolved(known, {&in});
    EXPECT_TRUE(read->read_only);
    EXPECT_EQ(cache.resolved(known, {&in}), read);
    const auto elsewhere = scope("app");
    EXPECT_FALSE(cache.resolved(known, {&elsewhere})->read_only);
    const auto later = scope("public", 2);
    EXPECT_NE(cache.resolved(known, {&later}), read);
    EXPECT_EQ(cache.resolved(known, {&in, false})->why_not, obstacle::stale_catalog);
    EXPECT_EQ(cache.resolved(known, {&in}), read);
    const auto plain = cache.look_up("select 1", {}).known;
    EXPECT_EQ(cache.resolved(plain, {&in}), plain);
}

TEST(resolved_verdicts, stay_within_the_limit) {
    verdict_cache cache(64 * 1024, limit, {1, 2});
    const auto in = scope();
    for (int i = 0; i < 2000; ++i) {
        const auto known = cache.look_up("select a as a" + std::to_string(i) + " from t", {}).known;
        EXPECT_TRUE(cache.resolved(known, {&in})->read_only);
        EXPECT_LE(cache.used_bytes(), 64u * 1024);
    }
}

}  // namespace
}  // namespace weir::query

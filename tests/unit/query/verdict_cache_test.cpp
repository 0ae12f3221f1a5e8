#include "query/verdict_cache.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "case_file.hpp"

namespace {
thread_local std::size_t allocations = 0;
}

// Counted, so that a hit can be shown to allocate nothing. Not inlined: GCC 12 would take new and
// free for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    ++allocations;
    if (void* p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace weir::query {
namespace {

constexpr digest_key key = {5, 6};
constexpr std::size_t roomy = 16 << 20;
constexpr std::size_t parse_limit = 1 << 20;

TEST(verdict_cache, answers_from_memory_what_differs_in_literals_only) {
    verdict_cache cache(roomy, parse_limit, key);
    const verdict first = cache.look_up("select * from t where a = 1", {});
    const verdict second = cache.look_up("SELECT * FROM t WHERE a = 'x' -- y", {});
    EXPECT_EQ(first.known, second.known);
    EXPECT_EQ(first.shape, second.shape);
    EXPECT_TRUE(second.known->read_only);
    EXPECT_EQ(cache.counts().hits, 1u);
    EXPECT_EQ(cache.counts().misses, 1u);
    EXPECT_EQ(cache.entries(), 1u);
}

TEST(verdict_cache, says_what_analyze_says_for_every_case_cold_and_warm) {
    verdict_cache cache(roomy, parse_limit, key);
    for (int round = 0; round < 3; ++round)
        for (const auto& c : testing::all_cases()) {
            const facts fresh = analyze(c.statement, parse_limit);
            const facts known = *cache.look_up(c.statement, {}).known;
            // What does not parse may have the shape of what does: then that is its verdict.
            if (fresh.why_not == obstacle::unparsed && !(known == fresh)) continue;
            EXPECT_TRUE(known == fresh) << c.place;
        }
}

TEST(verdict_cache, tells_the_hint_of_this_text_not_of_the_one_remembered) {
    verdict_cache cache(roomy, parse_limit, key);
    EXPECT_EQ(cache.look_up("select 1", {}).wish, hint::none);
    EXPECT_EQ(cache.look_up("/* weir: primary */ select 1", {}).wish, hint::primary);
    EXPECT_EQ(cache.look_up("/* weir: replica */ select 1", {}).wish, hint::replica);
    EXPECT_EQ(cache.entries(), 1u);
}

/// The second time a text is known by heart, the third time its facts have been forgotten meanwhile.
TEST(verdict_cache, says_the_same_of_a_text_whether_it_is_known_by_heart_or_not) {
    verdict_cache cache(1 << 20, parse_limit, key);
    const std::vector<std::string> texts = {
        "/* weir: primary */ select 1", "select 'pg_temp.t'::regclass", "select 'pg_class'::regclass",
        "select f(1)", "select timestamp 'now'", "select timestamp '2020-01-01'", "update t set a = 1"};
    std::vector<verdict> first;
    for (const std::string& text : texts) first.push_back(cache.look_up(text, {}));
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const verdict again = cache.look_up(texts[i], {});
            EXPECT_EQ(again.shape, first[i].shape) << texts[i];
            EXPECT_EQ(again.wish, first[i].wish) << texts[i];
            EXPECT_TRUE(*again.known == *first[i].known) << texts[i];
            EXPECT_EQ(cache.look_up(texts[i], {1, 1}).shape, first[i].shape) << texts[i];
        }
        for (int i = 0; i < 5000; ++i) cache.look_up("select a" + std::to_string(i) + " from t", {});
        EXPECT_LE(cache.used_bytes(), std::size_t{1 << 20});
    }
    EXPECT_GT(cache.counts().evictions, 5000u);
}

TEST(verdict_cache, keeps_apart_what_names_resolve_to) {
    verdict_cache cache(roomy, parse_limit, key);
    const verdict a = cache.look_up("select f()", {1, 1});
    const verdict b = cache.look_up("select f()", {2, 1});
    const verdict c = cache.look_up("select f()", {1, 2});
    EXPECT_NE(a.known, b.known);
    EXPECT_NE(a.known, c.known);
    EXPECT_EQ(cache.entries(), 3u);
    EXPECT_EQ(cache.look_up("select f()", {1, 1}).known, a.known);
}

TEST(verdict_cache, remembers_by_the_whole_text_where_literals_matter) {
    verdict_cache cache(roomy, parse_limit, key);
    const verdict on =
        cache.look_up("explain (analyze on) insert into t values (nextval('s'))", {});
    const verdict one = cache.look_up("explain (analyze 1) select pg_advisory_lock(1)", {});
    const verdict zero = cache.look_up("explain (analyze 0) select pg_advisory_lock(1)", {});
    EXPECT_TRUE(on.known->literals_matter);
    EXPECT_EQ(one.shape, zero.shape);
    EXPECT_EQ(one.known->pins, pin_cause::advisory_lock);
    EXPECT_EQ(zero.known->pins, pin_cause::none);
    EXPECT_EQ(cache.look_up("select 'pg_class'::regclass", {}).known->read_only, true);
    EXPECT_EQ(cache.look_up("select 'pg_temp.t'::regclass", {}).known->read_only, false);
    const auto misses = cache.counts().misses;
    EXPECT_EQ(cache.look_up("explain (analyze 0) select pg_advisory_lock(1)", {}).known,
              zero.known);
    EXPECT_EQ(cache.counts().misses, misses);
}

/// Else one client's error would take the pin from another's SET.
TEST(verdict_cache, a_text_that_does_not_parse_says_nothing_of_its_shape) {
    verdict_cache cache(roomy, parse_limit, key);
    EXPECT_EQ(cache.look_up("copy t to $1", {}).known->why_not, obstacle::unparsed);
    EXPECT_EQ(cache.look_up("copy t to 'x'", {}).known->why_not, obstacle::not_a_read);
    EXPECT_EQ(cache.look_up("fetch 1.5 from c", {}).known->why_not, obstacle::unparsed);
    EXPECT_EQ(cache.look_up("fetch 1 from c", {}).known->why_not, obstacle::not_a_read);
    EXPECT_EQ(cache.look_up("select e'\\u00'", {}).known->why_not, obstacle::unparsed);
    EXPECT_TRUE(cache.look_up("select 'x'", {}).known->read_only);
}

TEST(verdict_cache, a_text_over_the_parse_limit_is_a_write_whatever_is_remembered) {
    verdict_cache cache(roomy, 40, key);
    EXPECT_TRUE(cache.look_up("select 1 where a in (1, 2)", {}).known->read_only);
    const verdict v = cache.look_up("select 1 where a in (1, 2, 3, 4, 5, 6, 7, 8)", {});
    EXPECT_EQ(v.known->why_not, obstacle::too_long);
    EXPECT_EQ(v.shape, cache.look_up("select 1 where a in (1, 2)", {}).shape);
    EXPECT_EQ(cache.entries(), 1u);
}

TEST(verdict_cache, stays_within_its_bytes_and_forgets_the_least_recently_used) {
    constexpr std::size_t limit = 64 << 10;
    verdict_cache cache(limit, parse_limit, key);
    auto text = [](int i) {
        return "select a" + std::to_string(i) + " from some_table_" + std::to_string(i);
    };
    cache.look_up("select kept from t", {});
    for (int i = 0; i < 5000; ++i) {
        cache.look_up(text(i), {});
        EXPECT_LE(cache.used_bytes(), limit);
        const auto misses = cache.counts().misses;
        cache.look_up("select kept from t", {});
        ASSERT_EQ(cache.counts().misses, misses) << i;
    }
    EXPECT_GT(cache.entries(), 20u);
    EXPECT_LT(cache.entries(), 1000u);
    EXPECT_EQ(cache.counts().evictions, 5001 - cache.entries());
    const auto misses = cache.counts().misses;
    cache.look_up(text(4999), {});
    EXPECT_EQ(cache.counts().misses, misses);
    cache.look_up(text(0), {});
    EXPECT_EQ(cache.counts().misses, misses + 1);
}

TEST(verdict_cache, counts_no_fewer_bytes_than_it_takes) {
    verdict_cache cache(roomy, parse_limit, key);
    std::string many = "select 1 from t0";
    for (int i = 1; i < 200; ++i) many += ", a_table_with_quite_a_long_name_" + std::to_string(i);
    cache.look_up(many, {});
    EXPECT_GT(cache.used_bytes(), 200 * 30u);
}

TEST(verdict_cache, answers_without_remembering_when_there_is_no_room) {
    verdict_cache cache(0, parse_limit, key);
    EXPECT_TRUE(cache.look_up("select 1", {}).known->read_only);
    EXPECT_TRUE(cache.look_up("select 1", {}).known->read_only);
    EXPECT_EQ(cache.entries(), 0u);
    EXPECT_EQ(cache.used_bytes(), 0u);
    EXPECT_EQ(cache.counts().misses, 2u);
}

TEST(verdict_cache, a_hit_allocates_nothing) {
    verdict_cache cache(roomy, parse_limit, key);
    const std::string text =
        "/* weir: replica */ select a, \"B\" from t where c in (1, 2, 3) and d = 'x' and e > -5 "
        "and (f, g) in ((1, 2), (3, 4)) and h in (select x from (values (1, 2), (3, 4)) v) limit "
        "10";
    cache.look_up(text, {});
    const std::size_t before = allocations;
    const verdict v = cache.look_up(text, {});
    EXPECT_EQ(allocations, before);
    EXPECT_TRUE(v.known->read_only);
}

TEST(verdict_cache, knows_shapes_and_texts_behind_a_long_run_of_new_literals) {
    verdict_cache cache(roomy, parse_limit, key);
    const auto writes = [&](const char* text) { return !cache.look_up(text, {}).known->read_only; };
    EXPECT_TRUE(writes("select set_config('a.b', 'x', false)"));
    const auto shape = cache.look_up("select 1 from t where a = 0", {}).shape;
    for (int i = 1; i < 3000; ++i)
        EXPECT_EQ(cache.look_up("select 1 from t where a = " + std::to_string(i), {}).shape, shape);
    const auto misses = cache.counts().misses;
    // Whose literals decide is told apart as before, whether or not texts are looked for just now.
    EXPECT_TRUE(writes("select set_config('a.b', 'x', false)"));
    EXPECT_TRUE(cache.look_up("/* weir: primary */ select 1 from t where a = 5", {}).wish == hint::primary);
    EXPECT_EQ(cache.counts().misses, misses);
    for (int i = 0; i < 5000; ++i) cache.look_up("select 1 from t where a = 7", {});
    EXPECT_EQ(cache.look_up("select 1 from t where a = 7", {}).shape, shape);
    EXPECT_EQ(cache.counts().misses, misses);
}

}  // namespace
}  // namespace weir::query

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <functional>
#include <random>
#include <thread>

#include "case_file.hpp"
#include "query/analyze.hpp"
#include "query/digest.hpp"
#include "query/nesting.hpp"

namespace weir::query {
namespace {

constexpr std::size_t limit = 2 << 20;
constexpr digest_key key = {3, 4};

std::string repeated(std::string_view piece, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += piece;
    return out;
}

/// Runs on a stack of that size, so that a recursion without limit does not pass by luck.
void on_small_stack(std::size_t bytes, std::function<void()> work) {
    pthread_attr_t attributes;
    ASSERT_EQ(pthread_attr_init(&attributes), 0);
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, bytes), 0);
    pthread_t thread;
    auto run = [](void* f) -> void* {
        return (*static_cast<std::function<void()>*>(f))(), nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
    ASSERT_EQ(pthread_join(thread, nullptr), 0);
    pthread_attr_destroy(&attributes);
}

struct growth {
    std::string name, before, piece, middle, after, end;
};

/// Every way to make a tree deeper with each token that was found.
const std::vector<growth>& growths() {
    static const std::vector<growth> all = {
        {"sum", "select 1", "+1", "", "", ""},
        {"cast", "select 1", "::int", "", "", ""},
        {"not", "select ", "not ", "a", "", ""},
        {"minus", "select ", "- ", "a", "", ""},
        {"operator", "select ", "@ ", "a", "", ""},
        {"isnull", "select 1", " isnull", "", "", ""},
        {"is null", "select 1", " is null", "", "", ""},
        {"between", "select 1", " is null between 1 and 2", "", "", ""},
        {"collate", "select a", " collate b", "", "", ""},
        {"at time zone", "select a", " at time zone b", "", "", ""},
        {"parentheses", "select ", "(", "1", ")", ""},
        {"function", "select ", "f(", "1", ")", ""},
        {"sub-select", "select ", "(select ", "1", ")", ""},
        {"from", "select * from ", "(select * from ", "t", ") x", ""},
        {"exists", "select 1 where ", "exists (select 1 where ", "a", ")", ""},
        {"not exists and", "select 1 where ", "b and not exists (select 1 where ", "a", ")", ""},
        {"in", "select 1 where ", "a in (select b where ", "a", ")", ""},
        {"case", "select ", "case when a then ", "1", " end", ""},
        {"case else", "select ", "case when a then b else ", "1", " end", ""},
        {"case when", "select ", "not case when ", "a", " then b end", ""},
        {"array", "select ", "array[", "1", "]", ""},
        {"row", "select ", "row(1, ", "1", ")", ""},
        {"union", "select 1", " union all select 1", "", "", ""},
        {"right union", "select 1", " union (select 1", "", ")", ""},
        {"join", "select * from t", " join t on a and b", "", "", ""},
        {"cross join", "select * from t", " cross join t", "", "", ""},
        {"join of joins", "select * from t", " join (t", "", " join t on a) on a", ""},
        {"with", "", "with a as (", "select 1", ") select 1", ""},
        {"index", "select ", "(a)[", "1", "]", ""},
        {"field", "select ", "(", "a", ").b", ""},
        {"alternating", "select ", "(a or b and ", "c", ")", ""},
        {"join as a name", "select ", "not join(", "1", ")", ""},
        {"filter", "select ", "count(*) filter (where ", "a", ")", ""},
        {"label", "select 1 as case, ", "1 + (", "1", ")", ""},
        {"explain", "explain select 1", "+1", "", "", ""},
        {"values", "", "values (1, (", "values (1)", "))", ""},
    };
    return all;
}

std::string grown(const growth& g, int count) {
    return g.before + repeated(g.piece, count) + g.middle + repeated(g.after, count) + g.end;
}

/// The deepest tree of each kind that is let through.
int most_let_through(const growth& g) {
    int low = 1;
    int high = most_levels * 4;
    while (low + 1 < high) {
        const int middle = (low + high) / 2;
        (is_shallow(grown(g, middle)) ? low : high) = middle;
    }
    return low;
}

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t small_stack = 4 << 20;  // its frames are larger
#else
constexpr std::size_t small_stack = 2 << 20;
#endif

TEST(robustness, what_is_let_through_fits_a_small_stack) {
    for (const growth& g : growths()) {
        const int most = most_let_through(g);
        EXPECT_GE(most, 50) << g.name;
        on_small_stack(small_stack, [&] { analyze(grown(g, most), limit); });
    }
}

/// Openings of all kinds mixed, as deep as they are let through.
TEST(robustness, mixtures_that_are_let_through_fit_a_small_stack) {
    const std::vector<std::pair<std::string, std::string>> openings = {
        {"not ", ""},
        {"- ", ""},
        {"@ ", ""},
        {"(", ")"},
        {"f(", ")"},
        {"join(", ")"},
        {"(select ", ")"},
        {"exists (select 1 where ", ")"},
        {"array[", "]"},
        {"1 + (", ") + 1"},
        {"a and (", ")"},
        {"a or b and (", ")"},
        {"a between b and (", ")"},
        {"a in (1, ", ")"},
        {"case when ", " then 1 end"},
        {"case when a then ", " end"},
        {"case a when b then 1 else ", " end"},
        {"a = any (select b from t join u on ", ")"},
        {"(select 1 union select ", ")"},
        {"(values (", "))"},
        {"", " isnull"},
        {"", "::int"},
        {"", " is null between 1 and 2"},
        {"", " in (1)"},
        {"", " + 1"}};
    std::mt19937 random(13);
    for (int round = 0; round < 100; ++round) {
        std::vector<std::size_t> some(1 + random() % 4);
        for (auto& s : some) s = random() % openings.size();
        std::string before = "select ";
        std::string after;
        std::string text;
        while (true) {
            const auto& [open, close] = openings[some[random() % some.size()]];
            before += open;
            after.insert(0, close);
            if (!is_shallow(before + "a" + after)) break;
            text = before + "a" + after;
        }
        on_small_stack(small_stack, [&] { analyze(text, limit); });
    }
}

TEST(robustness, what_is_too_deep_is_not_understood) {
    for (const growth& g : growths()) {
        for (const int count : {10'000, 100'000}) {
            const facts f = analyze(grown(g, count), 8 << 20);
            EXPECT_EQ(f.why_not, obstacle::unparsed) << g.name;
            EXPECT_FALSE(f.read_only) << g.name;
            EXPECT_TRUE(f.writes_position) << g.name;
        }
    }
}

TEST(robustness, long_flat_statements_are_understood) {
    EXPECT_TRUE(
        analyze("select * from t where a = 1" + repeated(" and a = 1", 100'000), limit).read_only);
    EXPECT_TRUE(
        analyze("select * from t where a = 1" + repeated(" or b = 1", 100'000), limit).read_only);
    EXPECT_TRUE(analyze("select 1" + repeated(", 1 + 1", 100'000), limit).read_only);
    EXPECT_TRUE(
        analyze("select case a" + repeated(" when 1 then 2", 10'000) + " end", limit).read_only);
    EXPECT_TRUE(analyze("select 1" + repeated(" union all select 1", 200), limit).read_only);
    EXPECT_TRUE(analyze("select 1 from t" + repeated(" join t on a = 1", 60), limit).read_only);
    EXPECT_TRUE(analyze("select 1" + repeated("; select 1", 10'000), limit).read_only);
    EXPECT_FALSE(analyze("insert into t values (1)" + repeated(", (1)", 100'000), limit).read_only);
}

TEST(robustness, an_in_list_of_a_megabyte_has_the_shape_of_one_item) {
    std::string text = "select * from t where id in (1";
    while (text.size() < (1 << 20)) text += ", " + std::to_string(text.size());
    text += ")";
    EXPECT_TRUE(analyze(text, limit).read_only);
    EXPECT_EQ(make_digest(text, key).shape,
              make_digest("select * from t where id in (5)", key).shape);
    EXPECT_EQ(analyze(text, 1 << 20).why_not, obstacle::too_long);
}

TEST(robustness, the_limit_is_in_bytes_and_inclusive) {
    EXPECT_TRUE(analyze("select 1", 8).read_only);
    EXPECT_EQ(analyze("select 1", 7).why_not, obstacle::too_long);
    EXPECT_EQ(analyze("", 0).kind, statement_kind::empty);
}

TEST(robustness, a_nul_is_not_understood) {
    using namespace std::string_literals;
    for (const std::string& text :
         {"select 1\0; delete from t"s, "\0"s, "select '\0'"s, "-- \0"s}) {
        EXPECT_EQ(analyze(text, limit).why_not, obstacle::unparsed);
        EXPECT_FALSE(make_digest(text, key).well_formed);
    }
}

TEST(robustness, every_beginning_of_every_case_is_taken) {
    for (const auto& c : testing::all_cases()) {
        for (std::size_t length = 0; length < c.statement.size(); ++length) {
            const std::string_view text = std::string_view(c.statement).substr(0, length);
            const facts f = analyze(text, limit);
            EXPECT_EQ(f.read_only, f.why_not == obstacle::none) << c.place << ": " << text;
            make_digest(text, key);
        }
    }
}

TEST(robustness, random_bytes_are_taken) {
    std::mt19937 random(11);
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 64, ' ');
        for (char& c : text) c = static_cast<char>(random());
        const facts f = analyze(text, limit);
        EXPECT_EQ(f.read_only, f.why_not == obstacle::none);
        make_digest(text, key);
        digest_text(text);
    }
}

/// Cases with a few bytes changed: nearer to SQL than random bytes.
TEST(robustness, damaged_cases_are_taken) {
    std::mt19937 random(12);
    const auto cases = testing::all_cases();
    for (int round = 0; round < 20'000; ++round) {
        std::string text = cases[random() % cases.size()].statement;
        if (text.empty()) continue;
        for (int i = 0; i < 3; ++i)
            text[random() % text.size()] = "();,'\"$\\x /*-@\xff"[random() % 15];
        const facts f = analyze(text, limit);
        EXPECT_EQ(f.read_only, f.why_not == obstacle::none) << text;
        digest_text(text);
    }
}

TEST(robustness, threads_do_not_disturb_each_other) {
    const auto cases = testing::all_cases();
    std::vector<facts> expected;
    for (const auto& c : cases) expected.push_back(analyze(c.statement, limit));
    std::vector<std::thread> threads;
    std::atomic<int> differing = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (std::size_t i = 0; i < cases.size(); ++i)
                if (!(analyze(cases[i].statement, limit) == expected[i])) ++differing;
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(differing, 0);
}

}  // namespace
}  // namespace weir::query

#include <gtest/gtest.h>

#include <map>

#include "case_file.hpp"
#include "query/analyze.hpp"

namespace weir::query {
namespace {

constexpr std::size_t limit = 1 << 20;

TEST(cases, every_row_says_what_analyze_says) {
    const auto cases = testing::all_cases();
    EXPECT_GE(cases.size(), 600u);
    for (const auto& c : cases) {
        const facts f = analyze(c.statement, limit);
        EXPECT_EQ(testing::name_of(f.kind), c.kind) << c.place << ": " << c.statement;
        EXPECT_EQ(f.read_only ? "replica" : "primary", c.route) << c.place << ": " << c.statement;
        EXPECT_EQ(testing::name_of(f.why_not), c.why_not) << c.place << ": " << c.statement;
        EXPECT_EQ(testing::names_of(f.pins), c.pins) << c.place << ": " << c.statement;
    }
}

TEST(cases, a_read_leaves_nothing_behind) {
    for (const auto& c : testing::all_cases()) {
        const facts f = analyze(c.statement, limit);
        if (!f.read_only) continue;
        EXPECT_FALSE(any(f.pins)) << c.place;
        EXPECT_FALSE(f.writes_position) << c.place;
        EXPECT_FALSE(f.controls_transaction) << c.place;
        EXPECT_EQ(f.why_not, obstacle::none) << c.place;
    }
}

/// Two statements in one string are what their facts merged are.
TEST(cases, a_string_of_two_is_the_merge_of_both) {
    const auto cases = testing::all_cases();
    const facts read = analyze("select x from y", limit);
    for (const auto& c : cases) {
        const facts alone = analyze(c.statement, limit);
        if (alone.why_not == obstacle::unparsed) continue;
        EXPECT_EQ(analyze(c.statement + "\n;select x from y", limit), merge(alone, read))
            << c.place;
        EXPECT_EQ(analyze("select x from y;" + c.statement, limit), merge(read, alone)) << c.place;
    }
}

TEST(cases, no_statement_stands_twice) {
    std::map<std::string, std::string> seen;
    for (const auto& c : testing::all_cases())
        EXPECT_TRUE(seen.emplace(c.statement, c.place).second)
            << c.place << " and " << seen[c.statement];
}

}  // namespace
}  // namespace weir::query

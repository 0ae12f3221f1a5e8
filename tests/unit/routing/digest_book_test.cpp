#include "routing/digest_book.hpp"

#include <gtest/gtest.h>

#include "routing/rule_counters.hpp"

namespace weir::routing {
namespace {

query::digest key_of(const std::string& text) { return query::make_digest(text, {3, 4}).shape; }

std::shared_ptr<digest_entry> look_up(digest_book& book, const std::string& text) {
    return book.look_up(key_of(text), text);
}

TEST(DigestBook, OneEntryForAllLiterals) {
    digest_book book;
    const auto first = look_up(book, "select * from t where a = 1");
    EXPECT_EQ(look_up(book, "SELECT * FROM t WHERE a = 'x'"), first);
    EXPECT_NE(look_up(book, "select * from t where b = 1"), first);
    EXPECT_EQ(book.entries(), 2U);
    EXPECT_EQ(first->text, "select * from t where a = ?");
}

TEST(DigestBook, ADigestReadsBackFromItsDigits) {
    const auto shown = public_digest("select 1");
    query::digest read;
    ASSERT_TRUE(parse_digest(query::to_string(shown), read));
    EXPECT_EQ(read, shown);
    EXPECT_FALSE(parse_digest("12", read));
    EXPECT_FALSE(parse_digest(std::string(32, 'g'), read));
    EXPECT_FALSE(parse_digest(std::string(33, '0'), read));
}

TEST(DigestBook, ATextWhoseLiteralsCannotBeToldIsNotShown) {
    digest_book book;
    EXPECT_EQ(look_up(book, "select 'a secret that does not end")->text, "");
}

TEST(DigestBook, ALongTextIsCutBetweenCharacters) {
    digest_book book;
    const auto entry = look_up(book, "select \"" + std::string(1013, 'x') + "äää" + std::string(900, 'y') + '"');
    EXPECT_LE(entry->text.size(), 1024U);
    EXPECT_TRUE(entry->text.ends_with("..."));
    EXPECT_NE(static_cast<unsigned char>(entry->text[entry->text.size() - 4]) & 0xc0, 0xc0);
}

TEST(DigestBook, StaysWithinItsBytes) {
    constexpr std::size_t limit = 64 * 1024;
    digest_book book(limit);
    const auto kept = look_up(book, "select 0 from often");
    for (int i = 0; i < 5000; ++i) {
        look_up(book, "select a from t" + std::to_string(i));
        ASSERT_LE(book.used_bytes(), limit);
        ASSERT_EQ(look_up(book, "select 1 from often"), kept) << "what comes often was forgotten";
    }
    EXPECT_GT(book.forgotten(), 4000U);
    EXPECT_LT(book.entries(), 1000U);
}

TEST(DigestBook, KeepsWhatComesOftenThroughAFloodOfOthers) {
    digest_book book(64 * 1024);
    std::vector<std::shared_ptr<digest_entry>> heavy;
    for (int i = 0; i < 10; ++i) {
        heavy.push_back(look_up(book, "select a from heavy" + std::to_string(i)));
        for (int n = 0; n < 5000; ++n) look_up(book, "select a from heavy" + std::to_string(i));
    }
    for (int i = 0; i < 500; ++i) look_up(book, "select a from once" + std::to_string(i));
    for (int i = 0; i < 10; ++i) EXPECT_EQ(look_up(book, "select a from heavy" + std::to_string(i)), heavy[static_cast<std::size_t>(i)]);
    // And what was heavy once is forgotten in time.
    for (int i = 0; i < 5000; ++i) look_up(book, "select b from once" + std::to_string(i));
    EXPECT_NE(look_up(book, "select a from heavy0"), heavy[0]);
}

TEST(DigestBook, CountsFromNothingAgain) {
    digest_book book;
    const auto entry = look_up(book, "select 1");
    entry->on_primary = entry->rows = entry->errors = 5;
    entry->seconds[1].add(milliseconds(3));
    entry->learned = true;
    book.clear_counts();
    EXPECT_EQ(look_up(book, "select 2"), entry);
    EXPECT_EQ(entry->on_primary + entry->rows + entry->errors + entry->seconds[1].total(), 0U);
    EXPECT_TRUE(entry->learned);
}

TEST(RuleCounters, AReloadFindsTheCountsByName) {
    const auto named = [](const char* name) {
        rule r;
        r.name = name;
        return r;
    };
    rule_counters counts;
    counts.use(rule_set({named("a"), named("b")}));
    counts[0].hits = 5;
    counts[1].refused = 7;
    counts.use(rule_set({named("c"), named("b"), named("a")}));
    ASSERT_EQ(counts.size(), 3U);
    EXPECT_EQ(counts[0].hits, 0U);
    EXPECT_EQ(counts[1].refused, 7U);
    EXPECT_EQ(counts[2].hits, 5U);
}

}  // namespace
}  // namespace weir::routing

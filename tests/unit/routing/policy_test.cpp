#include "routing/policy.hpp"

#include <gtest/gtest.h>

namespace weir::routing {
namespace {

rule rule_for(std::string user, std::string database = "", std::string application_name = "") {
    rule r;
    r.user = std::move(user);
    r.database = std::move(database);
    r.application_name = std::move(application_name);
    return r;
}

TEST(Consistency, EveryLevelReadsBackAsItsOwnName) {
    for (const auto level : {consistency::eventual, consistency::bounded, consistency::session,
                             consistency::global, consistency::strong}) {
        EXPECT_EQ(parse_consistency(to_string(level)), level);
    }
}

TEST(Consistency, OtherWordsAreNoLevel) {
    for (const auto* text : {"", "Session", "session ", "strongest", "event", "eventual\n"}) {
        EXPECT_EQ(parse_consistency(text), std::nullopt) << text;
    }
    EXPECT_EQ(parse_consistency(std::string_view("session\0", 8)), std::nullopt);
}

TEST(Match, NoRulesNoMatch) { EXPECT_EQ(match({}, "u", "d", "a"), std::nullopt); }

TEST(Match, ARuleWithoutMatchersMatchesEverything) {
    EXPECT_EQ(match({rule{}}, "", "", ""), 0U);
    EXPECT_EQ(match({rule{}}, "u", "d", "a"), 0U);
}

TEST(Match, FirstMatchWins) {
    const std::vector<rule> rules{rule_for("analytics"), rule_for("shop"), rule_for("")};
    EXPECT_EQ(match(rules, "analytics", "d", "a"), 0U);
    EXPECT_EQ(match(rules, "shop", "d", "a"), 1U);
    EXPECT_EQ(match(rules, "else", "d", "a"), 2U);
    EXPECT_EQ(match({rule_for(""), rule_for("shop")}, "shop", "d", "a"), 0U);
}

TEST(Match, EveryMatcherOfARuleMustHold) {
    const std::vector<rule> rules{rule_for("u", "d", "a")};
    EXPECT_EQ(match(rules, "u", "d", "a"), 0U);
    EXPECT_EQ(match(rules, "x", "d", "a"), std::nullopt);
    EXPECT_EQ(match(rules, "u", "x", "a"), std::nullopt);
    EXPECT_EQ(match(rules, "u", "d", "x"), std::nullopt);
}

TEST(Match, NamesAreComparedWholeAndWithTheirCase) {
    const std::vector<rule> rules{rule_for("u", "", "psql")};
    EXPECT_EQ(match(rules, "u", "d", "psql2"), std::nullopt);
    EXPECT_EQ(match(rules, "u", "d", "Psql"), std::nullopt);
    EXPECT_EQ(match(rules, "u", "d", "psq"), std::nullopt);
    EXPECT_EQ(match(rules, "u", "d", "psql"), 0U);
}

}  // namespace
}  // namespace weir::routing

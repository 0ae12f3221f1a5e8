// Rules: which match a session, and which of those a request.
#include "routing/rule_set.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "query/analyze.hpp"

namespace weir::routing {
namespace {

rule make(const std::function<void(rule&)>& with) {
    rule r;
    r.name = "r";
    r.route = rule_route::primary;
    with(r);
    return r;
}

/// A request of some texts, as a session would see it.
struct request_of {
    explicit request_of(std::initializer_list<std::string> texts, bool in_transaction = false)
        : texts_(texts) {
        for (const auto& text : texts_) {
            facts_.push_back(query::analyze(text, 64 * 1024));
            const auto made = query::make_digest(text, {1, 2});
            statements_.push_back({book_.look_up(made.shape, text), text, nullptr, made.wish});
        }
        for (std::size_t i = 0; i < facts_.size(); ++i) statements_[i].known = &facts_[i];
        traits = {statements_, in_transaction};
    }
    request_traits traits;

private:
    std::vector<std::string> texts_;
    std::vector<query::facts> facts_;
    digest_book book_;
    std::vector<seen_statement> statements_;
};

const session_traits ann{"ann", "shop", "web", "10.1.2.3:5000"};

std::optional<std::size_t> first(const std::vector<rule>& rules, const request_traits& what,
                                 const session_traits& who = ann) {
    const rule_set set(rules);
    std::vector<std::uint16_t> shadows;
    return set.match(set.settle(who), what, shadows);
}

bool meets(const std::function<void(rule&)>& with, const std::string& text, bool in_transaction = false) {
    const request_of what({text}, in_transaction);
    return first({make(with)}, what.traits).has_value();
}

TEST(RuleSet, NoRulesNoMatch) { EXPECT_EQ(first({}, {}), std::nullopt); }

TEST(RuleSet, ARuleWithoutMatchersMatchesEverything) { EXPECT_EQ(first({rule{}}, {}), 0U); }

TEST(RuleSet, FirstMatchWins) {
    const std::vector<rule> rules{make([](rule& r) { r.user = "bob"; }),
                                  make([](rule& r) { r.user = "ann"; }), make([](rule&) {})};
    EXPECT_EQ(first(rules, {}), 1U);
    EXPECT_EQ(first(rules, {}, {"bob", "d", "a", "unix"}), 0U);
    EXPECT_EQ(first(rules, {}, {"eve", "d", "a", "unix"}), 2U);
}

TEST(RuleSet, EveryMatcherOfARuleMustHold) {
    const std::vector<rule> rules{make([](rule& r) {
        r.user = "ann";
        r.database = "shop";
        r.application_name = "web";
        r.client = "10.0.0.0/8";
    })};
    EXPECT_EQ(first(rules, {}), 0U);
    EXPECT_EQ(first(rules, {}, {"x", "shop", "web", "10.1.2.3:5000"}), std::nullopt);
    EXPECT_EQ(first(rules, {}, {"ann", "x", "web", "10.1.2.3:5000"}), std::nullopt);
    EXPECT_EQ(first(rules, {}, {"ann", "shop", "x", "10.1.2.3:5000"}), std::nullopt);
    EXPECT_EQ(first(rules, {}, {"ann", "shop", "web", "11.1.2.3:5000"}), std::nullopt);
}

TEST(RuleSet, NamesAreComparedWholeAndWithTheirCase) {
    for (const auto* name : {"Ann", "an", "annn", ""})
        EXPECT_EQ(first({make([](rule& r) { r.user = "ann"; })}, {}, {name, "d", "a", "unix"}), std::nullopt);
}

TEST(RuleSet, ADisabledRuleIsNotThere) {
    EXPECT_EQ(first({make([](rule& r) { r.enabled = false; }), rule{}}, {}), 1U);
}

TEST(RuleSet, WhatASessionCannotMeetIsNotLookedAtAgain) {
    const rule_set set({make([](rule& r) { r.user = "bob"; }), make([](rule& r) { r.table = "t"; }),
                        make([](rule& r) { r.shadow = true; }), make([](rule& r) { r.user = "ann"; }),
                        make([](rule&) {})});
    EXPECT_EQ(set.settle(ann), (session_rules{1, 2, 3}));
    EXPECT_EQ(set.settle({"bob", "d", "a", "unix"}), (session_rules{0}));
}

TEST(RuleSet, ATableIsNamedWithItsSchemaOrWithout) {
    const auto orders = [](rule& r) { r.table = "orders"; };
    const auto sales = [](rule& r) { r.table = "sales.orders"; };
    EXPECT_TRUE(meets(orders, "select * from orders"));
    EXPECT_TRUE(meets(orders, "select * from Orders o join items i on true"));
    EXPECT_TRUE(meets(orders, "select * from sales.orders"));
    EXPECT_TRUE(meets(orders, "insert into orders values (1)"));
    EXPECT_FALSE(meets(orders, "select * from reorders"));
    EXPECT_FALSE(meets(orders, "select 'orders'"));
    EXPECT_TRUE(meets(sales, "select * from sales.orders"));
    EXPECT_FALSE(meets(sales, "select * from orders"));
    EXPECT_FALSE(meets(sales, "select * from presales.orders"));
}

TEST(RuleSet, ADigestIsTheSameForOtherLiterals) {
    const auto shape = query::to_string(public_digest("select * from t where id = 1"));
    const auto same = [&](rule& r) { r.digest = shape; };
    EXPECT_TRUE(meets(same, "SELECT * FROM t WHERE id = 77"));
    EXPECT_TRUE(meets(same, "select * from t where id = $1 -- x"));
    EXPECT_FALSE(meets(same, "select * from t where id > 1"));
}

TEST(RuleSet, ARegexIsMatchedWithTheDigestText) {
    const auto pattern = [](std::string regex) {
        return [regex](rule& r) { r.regex = regex; };
    };
    EXPECT_TRUE(meets(pattern("from orders where"), "SELECT *\n FROM Orders WHERE id=7"));
    EXPECT_TRUE(meets(pattern("^select .* like \\?$"), "select a from t where a like '%secret%'"));
    EXPECT_FALSE(meets(pattern("secret"), "select a from t where a like '%secret%'"));
    EXPECT_FALSE(meets(pattern("^update"), "select 1"));
}

TEST(RuleSet, ARegexIsTriedAgainAfterAReload) {
    const request_of what({"select 1 from t"});
    EXPECT_EQ(first({make([](rule& r) { r.regex = "from u"; })}, what.traits), std::nullopt);
    EXPECT_EQ(first({make([](rule& r) { r.regex = "from t"; })}, what.traits), 0U);
    EXPECT_EQ(first({make([](rule& r) { r.regex = "from v"; }), make([](rule& r) { r.regex = "from t"; })},
                    what.traits),
              1U);
}

TEST(RuleSet, AHintIsMatched) {
    const auto replica = [](rule& r) { r.hint = query::hint::replica; };
    EXPECT_TRUE(meets(replica, "/* weir: replica */ select 1"));
    EXPECT_FALSE(meets(replica, "/* weir: primary */ select 1"));
    EXPECT_FALSE(meets(replica, "select 1"));
}

TEST(RuleSet, InTransactionIsMatchedBothWays) {
    const auto inside = [](rule& r) { r.in_transaction = true; };
    const auto outside = [](rule& r) { r.in_transaction = false; };
    EXPECT_TRUE(meets(inside, "select 1", true));
    EXPECT_FALSE(meets(inside, "select 1", false));
    EXPECT_FALSE(meets(outside, "select 1", true));
    EXPECT_TRUE(meets(outside, "select 1", false));
}

TEST(RuleSet, MatchersOfAStatementMustHoldForTheSameOne) {
    const auto both = [](rule& r) {
        r.table = "t";
        r.regex = "^update";
    };
    const request_of apart({"select * from t", "update u set a = 1"});
    const request_of together({"select 1", "update t set a = 1"});
    EXPECT_EQ(first({make(both)}, apart.traits), std::nullopt);
    EXPECT_EQ(first({make(both)}, together.traits), 0U);
}

TEST(RuleSet, WhatIsNotUnderstoodMeetsNoRuleAboutStatements) {
    for (const auto& with : std::initializer_list<std::function<void(rule&)>>{
             [](rule& r) { r.table = "t"; }, [](rule& r) { r.regex = "."; },
             [](rule& r) { r.hint = query::hint::primary; }})
        EXPECT_EQ(first({make(with)}, {}), std::nullopt);
}

TEST(RuleSet, AShadowRuleIsToldAndTheNextOneActs) {
    const rule_set set({make([](rule& r) { r.shadow = true; }), make([](rule& r) { r.table = "t"; }),
                        make([](rule& r) { r.shadow = true; }), make([](rule&) {})});
    std::vector<std::uint16_t> shadows;
    const request_of of_t({"select * from t"});
    EXPECT_EQ(set.match(set.settle(ann), of_t.traits, shadows), 1U);
    EXPECT_EQ(shadows, (std::vector<std::uint16_t>{0}));
    const request_of of_u({"select * from u"});
    EXPECT_EQ(set.match(set.settle(ann), of_u.traits, shadows), 3U);
    EXPECT_EQ(shadows, (std::vector<std::uint16_t>{0, 2}));
}

TEST(RuleSet, TroubleOfARegexIsTold) {
    EXPECT_EQ(regex_trouble("^select"), "");
    EXPECT_NE(regex_trouble("(select"), "");
    EXPECT_NE(regex_trouble("(?=x)"), "");
}

struct rate_case : ::testing::Test {
    static rule_set limited(rate_scope each) {
        return rule_set({make([&](rule& r) { r.rate = rate_limit{2, milliseconds(1000), 2, each}; })});
    }
    static instant at_ms(int ms) { return instant{} + std::chrono::hours(1) + milliseconds(ms); }
    const request_of what{{"select 1 from t"}};
    const request_of other{{"select 1 from u"}};
};

TEST_F(rate_case, TokensComeBackWithTime) {
    const auto set = limited(rate_scope::user);
    EXPECT_EQ(set.take_token(0, "ann", what.traits, at_ms(0)), duration::zero());
    EXPECT_EQ(set.take_token(0, "ann", what.traits, at_ms(0)), duration::zero());
    EXPECT_EQ(set.take_token(0, "ann", what.traits, at_ms(100)), milliseconds(400));
    EXPECT_EQ(set.take_token(0, "ann", what.traits, at_ms(499)), milliseconds(1));
    EXPECT_EQ(set.take_token(0, "ann", what.traits, at_ms(500)), duration::zero());
    EXPECT_EQ(set.take_token(0, "ann", what.traits, at_ms(500)), milliseconds(500));
}

TEST_F(rate_case, AskingTakesNone) {
    const auto set = limited(rate_scope::user);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(set.token_wait(0, "ann", what.traits, at_ms(0)), duration::zero());
    EXPECT_EQ(set.take_token(0, "ann", what.traits, at_ms(0)), duration::zero());
    EXPECT_EQ(set.take_token(0, "ann", what.traits, at_ms(0)), duration::zero());
    EXPECT_EQ(set.token_wait(0, "ann", what.traits, at_ms(0)), milliseconds(500));
}

TEST_F(rate_case, UsersShapesAndRulesHaveTheirOwnBuckets) {
    const auto empty = [&](const rule_set& set) {
        while (set.take_token(0, "ann", what.traits, at_ms(0)) == duration::zero()) {
        }
    };
    const auto by_user = limited(rate_scope::user);
    empty(by_user);
    EXPECT_EQ(by_user.take_token(0, "bob", what.traits, at_ms(0)), duration::zero());
    EXPECT_GT(by_user.take_token(0, "ann", other.traits, at_ms(0)), duration::zero());
    const auto by_digest = limited(rate_scope::digest);
    empty(by_digest);
    EXPECT_EQ(by_digest.take_token(0, "ann", other.traits, at_ms(0)), duration::zero());
    EXPECT_GT(by_digest.take_token(0, "bob", what.traits, at_ms(0)), duration::zero());
    const auto by_rule = limited(rate_scope::rule);
    empty(by_rule);
    EXPECT_GT(by_rule.take_token(0, "bob", other.traits, at_ms(0)), duration::zero());
}

TEST_F(rate_case, ManyUsersAreLimitedEachForItself) {
    const auto set = limited(rate_scope::user);
    for (int user = 0; user < 1000; ++user) {
        const auto name = "user" + std::to_string(user);
        EXPECT_EQ(set.take_token(0, name, what.traits, at_ms(0)), duration::zero()) << name;
        EXPECT_EQ(set.take_token(0, name, what.traits, at_ms(0)), duration::zero()) << name;
        EXPECT_GT(set.take_token(0, name, what.traits, at_ms(0)), duration::zero()) << name;
    }
}

}  // namespace
}  // namespace weir::routing

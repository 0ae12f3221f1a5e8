#include "routing/policy.hpp"

#include <gtest/gtest.h>

namespace weir::routing {
namespace {

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

TEST(Rate, IsANumberInATime) {
    const auto a_second = parse_rate("100/s");
    ASSERT_TRUE(a_second);
    EXPECT_EQ(*a_second, (rate_limit{100, milliseconds(1000), 100, rate_scope::user}));
    EXPECT_EQ(parse_rate("30/min")->window, milliseconds(60'000));
    EXPECT_EQ(parse_rate("30/min")->burst, 1);
    EXPECT_EQ(parse_rate("120/min")->burst, 2);
    EXPECT_EQ(parse_rate("7200/h")->burst, 2);
}

TEST(Rate, OtherTextsAreNone) {
    for (const auto* text : {"", "5", "/s", "0/s", "-1/s", "5/day", "5 /s", "5/s ", "1000001/s", "1.5/s"}) {
        EXPECT_EQ(parse_rate(text), std::nullopt) << text;
    }
}

TEST(Describe, SaysWhatTheRuleSays) {
    rule r;
    EXPECT_EQ(describe_matchers(r), "everything");
    EXPECT_EQ(describe_effect(r), "");
    r.user = "analytics";
    r.client = "10.0.0.0/8";
    r.hint = query::hint::replica;
    r.in_transaction = false;
    EXPECT_EQ(describe_matchers(r),
              "user = analytics, client = 10.0.0.0/8, hint = replica, in_transaction = false");
    r.route = rule_route::replicas;
    r.group = "reports";
    r.level = consistency::eventual;
    r.max_lag_ms = 500;
    r.timeout = milliseconds(3000);
    r.rate = parse_rate("5/s");
    r.commit_outcome = true;
    r.log = true;
    EXPECT_EQ(describe_effect(r),
              "route = group:reports, consistency = eventual, max_lag_ms = 500, timeout_ms = 3000, "
              "rate_limit = 5 in 1000 ms for each user, commit_outcome = true, log = true");
}

}  // namespace
}  // namespace weir::routing

#include "session/own_statement.hpp"

#include <gtest/gtest.h>

#include "query/analyze.hpp"

namespace weir::session {
namespace {

using act = own_statement::act;

/// As a session asks: by the facts first.
std::optional<own_statement> parsed(std::string_view text) {
    const auto known = query::analyze(text, 64 * 1024);
    return may_be_own_statement(known) ? parse_own_statement(text) : std::nullopt;
}

using about = own_setting;

void expect(std::string_view text, act is, about what, std::string_view with = "") {
    const auto own = parsed(text);
    ASSERT_TRUE(own) << text;
    EXPECT_EQ(own->is, is) << text;
    EXPECT_EQ(own->about, what) << text;
    EXPECT_EQ(own->text, with) << text;
}

TEST(OwnStatement, ExplainRoute) {
    expect("EXPLAIN ROUTE select 1", act::explain_route, about::none, "select 1");
    expect("/* x */ explain\n route -- y\n select * from t ; ", act::explain_route, about::none, "select * from t");
    expect("explain route explain select 1;", act::explain_route, about::none, "explain select 1");
}

TEST(OwnStatement, Show) {
    expect("show weir.node", act::show, about::node);
    expect("SHOW Weir.Reason;", act::show, about::reason);
    expect("show weir.consistency", act::show, about::consistency);
    expect("show weir.commit_outcome", act::show, about::commit_outcome);
    expect("show weir.token", act::show, about::token);
}

TEST(OwnStatement, SetAndReset) {
    expect("set weir.consistency = 'strong'", act::set, about::consistency, "strong");
    expect("SET SESSION weir.consistency TO eventual;", act::set, about::consistency, "eventual");
    expect("set local weir.consistency = session", act::set_local, about::consistency, "session");
    expect("set weir.consistency to default", act::reset, about::consistency, "default");
    expect("reset weir.consistency", act::reset, about::consistency);
    expect("set weir.commit_outcome = on", act::set, about::commit_outcome, "on");
    expect("set local weir.commit_outcome to 'off'", act::set_local, about::commit_outcome, "off");
    expect("reset weir.commit_outcome", act::reset, about::commit_outcome);
    expect("set weir.token = 'abc'", act::set, about::token, "abc");
}

TEST(OwnStatement, ValuesAreOfTheirSetting) {
    own_values said;
    EXPECT_TRUE(set_own_value(said, about::consistency, "strong"));
    EXPECT_EQ(said.level, routing::consistency::strong);
    EXPECT_FALSE(set_own_value(said, about::consistency, "on"));
    EXPECT_EQ(said.level, routing::consistency::strong);
    for (const auto* on : {"on", "true", "yes", "1"}) {
        said.commit_outcome.reset();
        EXPECT_TRUE(set_own_value(said, about::commit_outcome, on));
        EXPECT_EQ(said.commit_outcome, true) << on;
    }
    for (const auto* off : {"off", "false", "no", "0"}) {
        said.commit_outcome.reset();
        EXPECT_TRUE(set_own_value(said, about::commit_outcome, off));
        EXPECT_EQ(said.commit_outcome, false) << off;
    }
    EXPECT_FALSE(set_own_value(said, about::commit_outcome, "maybe"));
    EXPECT_FALSE(set_own_value(said, about::node, "a"));
}

TEST(OwnStatement, OthersAreTheServers) {
    for (const auto* text :
         {"select 1", "show work_mem", "show weir.nodes", "set work_mem = '1MB'", "explain select 1",
          "explain route", "explain route;", "set weir.consistency", "set weir.consistency = a b",
          "set weir.other = 'x'", "set weir.node = 'a'", "reset weir.token", "reset weir.node", "reset all", "selec 1", "", "set weir.consistency = 'strong'; select 1"})
        EXPECT_FALSE(parsed(text)) << text;
}

TEST(OwnStatement, WhatHidesItIsSeen) {
    const auto hides = [](std::string_view text) {
        return hides_own_setting(query::analyze(text, 64 * 1024));
    };
    EXPECT_TRUE(hides("set weir.consistency = 'strong'; select 1"));
    EXPECT_TRUE(hides("select set_config('weir.consistency', 'strong', false)"));
    EXPECT_TRUE(hides("select set_config('weir.commit_outcome', 'on', false)"));
    EXPECT_FALSE(hides("set app.tenant = '7'; select 1"));
}

}  // namespace
}  // namespace weir::session

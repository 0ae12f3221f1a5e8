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

void expect(std::string_view text, act is, std::string_view with = "") {
    const auto own = parsed(text);
    ASSERT_TRUE(own) << text;
    EXPECT_EQ(own->is, is) << text;
    EXPECT_EQ(own->text, with) << text;
}

TEST(OwnStatement, ExplainRoute) {
    expect("EXPLAIN ROUTE select 1", act::explain_route, "select 1");
    expect("/* x */ explain\n route -- y\n select * from t ; ", act::explain_route, "select * from t");
    expect("explain route explain select 1;", act::explain_route, "explain select 1");
}

TEST(OwnStatement, Show) {
    expect("show weir.node", act::show_node);
    expect("SHOW Weir.Reason;", act::show_reason);
    expect("show weir.consistency", act::show_consistency);
}

TEST(OwnStatement, SetAndReset) {
    expect("set weir.consistency = 'strong'", act::set_consistency, "strong");
    expect("SET SESSION weir.consistency TO eventual;", act::set_consistency, "eventual");
    expect("set local weir.consistency = session", act::set_local, "session");
    expect("set weir.consistency to default", act::reset_consistency);
    expect("reset weir.consistency", act::reset_consistency);
}

TEST(OwnStatement, OthersAreTheServers) {
    for (const auto* text :
         {"select 1", "show work_mem", "show weir.nodes", "set work_mem = '1MB'", "explain select 1",
          "explain route", "explain route;", "set weir.consistency", "set weir.consistency = a b",
          "set weir.other = 'x'", "reset all", "selec 1", "", "set weir.consistency = 'strong'; select 1"})
        EXPECT_FALSE(parsed(text)) << text;
}

TEST(OwnStatement, WhatHidesItIsSeen) {
    const auto hides = [](std::string_view text) {
        return hides_own_setting(query::analyze(text, 64 * 1024));
    };
    EXPECT_TRUE(hides("set weir.consistency = 'strong'; select 1"));
    EXPECT_TRUE(hides("select set_config('weir.consistency', 'strong', false)"));
    EXPECT_FALSE(hides("set app.tenant = '7'; select 1"));
}

}  // namespace
}  // namespace weir::session

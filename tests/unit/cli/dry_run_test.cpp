// `weir route` and `weir test` without files: statements under a configuration.
#include "cli/dry_run.hpp"

#include <gtest/gtest.h>

#include "cli/test_cases.hpp"

namespace weir::cli {
namespace {

using routing::transaction_kind;

config::config with_rules(std::vector<routing::rule> rules) {
    config::config made;
    made.rules = std::move(rules);
    return made;
}

dry_route routed(const config::config& made, std::string_view text, const dry_client& who = {}) {
    return dry_run(made, facts_by_grammar(made)).route(text, who);
}

TEST(DryRun, WithoutRules) {
    const config::config made;
    EXPECT_EQ(routed(made, "select 1").route, "replicas");
    EXPECT_EQ(routed(made, "select 1").reason, "read");
    EXPECT_EQ(routed(made, "delete from t").reason, "not_read_only");
    EXPECT_EQ(routed(made, "selec 1").reason, "unparsed");
    EXPECT_EQ(routed(made, "/* weir: primary */ select 1").reason, "hint_primary");
    EXPECT_EQ(routed(made, "begin").route, "local");
}

TEST(DryRun, SplitTransactions) {
    config::config made;
    made.routing.transactions = routing::transaction_policy::split;
    const dry_run dry(made, facts_by_grammar(made));
    dry_client who;
    who.transaction = dry.after("begin", who);
    EXPECT_EQ(dry.route("select 1", who).route, "replicas");
    EXPECT_EQ(dry.route("select now()", who).reason, "transaction");
    EXPECT_EQ(dry.route("delete from t", who).reason, "not_read_only");
    who.transaction = dry.after("begin isolation level serializable", {});
    EXPECT_EQ(dry.route("select 1", who).route, "primary");
}

TEST(DryRun, OfOneUser) {
    config::config made;
    made.user_overrides = {{"ann", {{}, routing::consistency::eventual, routing::transaction_policy::split}}};
    const dry_run dry(made, facts_by_grammar(made));
    dry_client ann;
    ann.user = "ann";
    const auto told = [&](const dry_client& who) {
        for (const auto& [item, value] : dry.route("select 1", who).explained)
            if (item == "consistency") return value;
        return std::string();
    };
    EXPECT_TRUE(told(ann).starts_with("eventual")) << told(ann);
    EXPECT_TRUE(told({}).starts_with("session")) << told({});
    EXPECT_EQ(dry.after("begin", ann), transaction_kind::splittable);
    EXPECT_EQ(dry.after("begin", {}), transaction_kind::read_write);
}

TEST(DryRun, InATransaction) {
    const config::config made;
    dry_client who;
    who.transaction = transaction_kind::read_write;
    EXPECT_EQ(routed(made, "select 1", who).reason, "transaction");
    who.holds = routing::held_lease::primary;
    EXPECT_EQ(routed(made, "select 1", who).reason, "held_primary");
    EXPECT_EQ(routed(made, "commit", who).reason, "held_primary");
    who.transaction = transaction_kind::read_only;
    who.holds = routing::held_lease::replica;
    EXPECT_EQ(routed(made, "select 1", who).route, "replicas");
    EXPECT_EQ(routed(made, "notify x", who).route, "primary");
}

TEST(DryRun, TheRuleAndItsShadowAreTold) {
    routing::rule shadow;
    shadow.name = "shadow";
    shadow.shadow = true;
    shadow.route = routing::rule_route::reject;
    routing::rule reports;
    reports.name = "reports";
    reports.route = routing::rule_route::replicas;
    reports.group = "reports";
    const auto found = routed(with_rules({shadow, reports}), "select 1");
    EXPECT_EQ(found.route, "group:reports");
    EXPECT_EQ(found.rule, "reports");
    EXPECT_EQ(found.shadows, std::vector<std::string>{"shadow"});
}

TEST(DryRun, FactsComeFromWhereItIsTold) {
    const config::config made;
    const dry_run all_reads(made, [](std::string_view) {
        query::facts f;
        f.read_only = true;
        f.why_not = query::obstacle::none;
        return f;
    });
    EXPECT_EQ(all_reads.route("select my_function()", {}).route, "replicas");
}

TEST(DryRun, TransactionsBeginAndEnd) {
    const config::config made;
    const dry_run dry(made, facts_by_grammar(made));
    const auto none = transaction_kind::none;
    const auto after = [&](std::string_view text, transaction_kind before) {
        dry_client who;
        who.transaction = before;
        return dry.after(text, who);
    };
    EXPECT_EQ(after("begin", none), transaction_kind::read_write);
    EXPECT_EQ(after("start transaction read only", none), transaction_kind::read_only);
    EXPECT_EQ(after("begin isolation level repeatable read read only", none),
              transaction_kind::read_only_snapshot);
    EXPECT_EQ(after("select 1", transaction_kind::read_only), transaction_kind::read_only);
    EXPECT_EQ(after("commit", transaction_kind::read_write), none);
    EXPECT_EQ(after("commit and chain", transaction_kind::read_write), transaction_kind::read_write);
}

TEST(SplitStatements, AtTheSemicolonsOfTheText) {
    using list = std::vector<std::string>;
    EXPECT_EQ(split_statements(""), list{});
    EXPECT_EQ(split_statements(" ;; -- nothing\n ;"), list{});
    EXPECT_EQ(split_statements("select 1"), list{"select 1"});
    EXPECT_EQ(split_statements("select ';' ; select $$;$$;\nselect \";\""),
              (list{"select ';'", "select $$;$$", "select \";\""}));
    EXPECT_EQ(split_statements("create rule r as on insert to t do (select 1; select 2); select 3"),
              (list{"create rule r as on insert to t do (select 1; select 2)", "select 3"}));
    EXPECT_EQ(split_statements("select 1; select 'open"), (list{"select 1", "select 'open"}));
}

std::string complaints_of(const std::string& text) {
    const auto read = read_cases("c.toml", text);
    std::string all;
    if (const auto* bad = std::get_if<std::vector<config::complaint>>(&read))
        for (const auto& each : *bad) all += to_string(each) + "\n";
    return all;
}

TEST(TestCases, AreReadWithAllTheirKeys) {
    const auto read = read_cases("c.toml", R"([[case]]
name = "n"
statement = "select 1"
user = "u"
database = "d"
application_name = "a"
client = "unix"
transaction = "read only"
holds = "replica"
route = "replicas"
reason = "held_replica"
rule = ""
shadow = "s"
)");
    ASSERT_TRUE(std::holds_alternative<std::vector<test_case>>(read)) << complaints_of("");
    const auto& one = std::get<std::vector<test_case>>(read).at(0);
    EXPECT_EQ(one.name, "n");
    EXPECT_EQ(one.who.user, "u");
    EXPECT_EQ(one.who.address, "unix");
    EXPECT_EQ(one.who.transaction, transaction_kind::read_only);
    EXPECT_EQ(one.who.holds, routing::held_lease::replica);
    EXPECT_EQ(one.rule, "");
    EXPECT_EQ(one.shadow, "s");
}

TEST(TestCases, MistakesAreToldWithTheirPlace) {
    EXPECT_EQ(complaints_of("a = 1"), "c.toml:1:1: unknown \"a\", write [[case]]\n");
    EXPECT_EQ(complaints_of(""), "c.toml: holds no [[case]]\n");
    EXPECT_EQ(complaints_of("[[case]]\nroute = \"primary\""), "c.toml:1:1: case 1 has no statement\n");
    EXPECT_EQ(complaints_of("[[case]]\nstatement = \"select 1\""),
              "c.toml:1:1: case 1 expects nothing: write route, reason, rule or shadow\n");
    EXPECT_EQ(complaints_of("[[case]]\nstatement = \"x\"\nruote = \"primary\"\nroute = 1\nholds = \"x\""),
              "c.toml:3:1: unknown key \"ruote\", the nearest known one is \"route\"\n"
              "c.toml:4:9: route must be a string\n"
              "c.toml:5:9: holds cannot be \"x\"\n"
              "c.toml:1:1: case 1 expects nothing: write route, reason, rule or shadow\n");
}

TEST(TestCases, OnlyWhatIsExpectedIsCompared) {
    test_case expected;
    expected.rule = "";
    expected.reason = "read";
    const dry_route found{"primary", "rule_primary", "hot", {}, {}};
    EXPECT_EQ(differences(expected, found),
              (std::vector<std::string>{"reason: expected read, found rule_primary",
                                        "rule: expected none, found hot"}));
    expected = {};
    expected.route = "primary";
    EXPECT_EQ(differences(expected, found), std::vector<std::string>{});
}

}  // namespace
}  // namespace weir::cli

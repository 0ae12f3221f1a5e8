// The DBA's rules in a session, and what a session says of its routes.
#include <gtest/gtest.h>

#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;
using routing::rule;

/// These rules are in force, as after a reload.
void use_rules(script& s, std::vector<rule> rules) {
    s.rules().rules = routing::rule_set(std::move(rules));
    ++s.rules().generation;
    s.around().env.rule_counts.use(s.rules().rules);
}

rule to(routing::rule_route route, const std::string& name = "r") {
    rule r;
    r.name = name;
    r.route = route;
    return r;
}

rule with_regex(rule r, const std::string& regex) {
    r.regex = regex;
    return r;
}

const routing::rule_counts& counts(script& s, std::size_t index = 0) {
    return s.around().env.rule_counts[index];
}

SCRIPT(rules, one_about_a_statement_takes_only_that) {
    s.may_wait();
    use_rules(s, {with_regex(to(routing::rule_route::primary), "from hot")});
    s.client(ask::query("select 1 from hot"))
        .expects_lease(primary_node)
        .grant()
        .because(reason::rule_primary)
        .backend_got(ask::query("select 1 from hot"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
    s.reads_on_a_replica();
    EXPECT_EQ(counts(s).hits, 1U);
}

SCRIPT(rules, one_about_the_address_is_met) {
    s.may_wait();
    rule r = to(routing::rule_route::primary);
    r.client = "10.1.0.0/16";
    use_rules(s, {r});
    s.reads_on(primary_node).because(reason::rule_primary);
    r.client = "10.2.0.0/16";
    use_rules(s, {r});
    s.reads_on_a_replica();
}

SCRIPT(rules, one_about_a_group_reads_there_only) {
    s.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[2].address.group = "reports"; });
    rule r = to(routing::rule_route::replicas);
    r.group = "reports";
    r.level = routing::consistency::eventual;  // a session that has read there would ask the primary first
    use_rules(s, {r});
    for (int i = 0; i < 4; ++i) s.reads_on(replica_2).because(reason::read);
    s.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[2].up = false; });
    s.reads_on(primary_node).because(reason::no_replica);
}

SCRIPT(rules, what_is_rejected_in_a_transaction_fails_it_there) {
    use_rules(s, {with_regex(to(routing::rule_route::reject), "from secret")});
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query("select 1 from secret"))
        .expects_no_lease()
        .client_got(reply().error("42501", "rejected by rule \"r\"").ready('E'))
        .client(ask::query("rollback"))
        .client_got(reply().command_complete("ROLLBACK").ready('I'));
    EXPECT_EQ(counts(s).refused, 1U);
    EXPECT_EQ(s.around().counters.without_node(reason::rule_reject), 1U);
}

SCRIPT(rules, what_only_prepares_is_not_rejected) {
    use_rules(s, {with_regex(to(routing::rule_route::reject), "select")});
    s.client(ask::parse("p", "select 1") + ask::sync())
        .expects_replica()
        .grant()
        .backend_got(ask::parse("$1", "select 1") + ask::sync());
    EXPECT_EQ(counts(s).hits, 0U);
    s.backend(reply().parse_complete().ready('I')).client_got(reply().parse_complete().ready('I'));
    s.released_clean();
    s.client(ask::bind("", "p") + ask::execute() + ask::sync())
        .client_got(reply().error("42501", "rejected by rule \"r\"").ready('I'));
    EXPECT_EQ(counts(s).hits, 1U);
}

SCRIPT(rules, over_the_rate_a_request_is_refused_until_a_token_is_back) {
    rule r = to(routing::rule_route::unsaid);
    r.rate = routing::rate_limit{1, milliseconds(1000), 2, routing::rate_scope::user};
    use_rules(s, {r});
    s.reads_on_a_replica();
    s.reads_on_a_replica();
    s.client(ask::query("select 1"))
        .expects_no_lease()
        .client_got(reply().error("53400", "over the rate limit of rule \"r\"").ready('I'));
    EXPECT_EQ(s.around().counters.without_node(reason::rate_limited), 1U);
    s.after(milliseconds(1000));
    s.reads_on_a_replica();
    EXPECT_EQ(counts(s).hits, 4U);
    EXPECT_EQ(counts(s).refused, 1U);
}

SCRIPT(rules, a_request_that_takes_too_long_is_cancelled) {
    rule r = to(routing::rule_route::unsaid);
    r.timeout = milliseconds(500);
    use_rules(s, {r});
    s.client(ask::query("select 1")).expects_replica().grant().backend_got(ask::query("select 1"));
    s.after(milliseconds(600)).cancelled_backend();
    s.after(milliseconds(250)).cancelled_backend();  // the first may have come before the statement
    s.backend(reply().error("57014", "canceling statement due to user request").ready('I'))
        .client_got(reply().error("57014", "canceling statement due to the timeout of rule \"r\"").ready('I'))
        .released_clean();
    s.after(milliseconds(600));  // nothing runs that could be cancelled
    s.reads_on_a_replica();
}

SCRIPT(rules, a_request_that_waits_too_long_is_given_up) {
    rule r = to(routing::rule_route::unsaid);
    r.timeout = milliseconds(500);
    use_rules(s, {r});
    s.client(ask::query("select 1")).expects_replica();
    s.after(milliseconds(600))
        .expects_no_lease()
        .client_got(reply().error("57014", "canceling statement due to statement timeout").ready('I'));
}

SCRIPT(rules, a_shadow_rule_is_counted_and_changes_nothing) {
    rule away = to(routing::rule_route::primary, "away");
    rule no = with_regex(to(routing::rule_route::reject, "no"), "from t");
    away.shadow = no.shadow = true;
    use_rules(s, {away, no});
    s.reads_on_a_replica().because(reason::read);
    EXPECT_EQ(counts(s, 0).hits, 1U);
    EXPECT_EQ(counts(s, 0).to_primary, 1U);
    EXPECT_EQ(counts(s, 1).hits, 0U);
    s.writes(0x200);
    EXPECT_EQ(counts(s, 0).hits, 2U);
    EXPECT_EQ(counts(s, 0).to_primary, 1U) << "a write is on the primary anyhow";
}

SCRIPT(rules, one_that_logs_says_so_without_the_text) {
    rule r = to(routing::rule_route::unsaid);
    r.log = true;
    use_rules(s, {r});
    s.reads_on_a_replica();
    ASSERT_EQ(s.around().logged.size(), 1U);
    const auto& line = s.around().logged.front();
    EXPECT_TRUE(line.starts_with("rule \"r\": client 5000000, digest ")) << line;
    EXPECT_TRUE(line.ends_with(": read")) << line;
    EXPECT_EQ(line.find("select"), std::string::npos);
}

SCRIPT(rules, a_session_sets_its_own_consistency) {
    const auto says = [&](const std::string& text, const std::string& tag) {
        s.client(ask::query(text)).expects_no_lease().client_got(reply().command_complete(tag).ready('I'));
    };
    says("set weir.consistency = 'strong'", "SET");
    s.reads_on(primary_node).because(reason::position_unknown).position(0x100);
    s.client(ask::query("show weir.consistency"))
        .client_got(reply().row_description({"weir.consistency"}).data_row("strong").command_complete("SHOW")
                        .ready('I'));
    says("reset weir.consistency", "RESET");
    s.reads_on_a_replica();
    s.client(ask::query("set weir.consistency = 'always'"))
        .client_got(reply().error("22023", "invalid value for parameter \"weir.consistency\": \"always\"")
                        .ready('I'));
    s.client(ask::query("set weir.consistency = 'strong'; select 1"))
        .expects_no_lease()
        .client_got(reply().error("0A000", "weir.consistency, weir.commit_outcome and weir.token can only be set by a statement of its own")
                        .ready('I'));
}

SCRIPT(rules, a_rule_goes_before_the_sessions_own_consistency) {
    rule r = with_regex(to(routing::rule_route::unsaid), "select \\?");
    r.level = routing::consistency::eventual;
    s.client(ask::query("set weir.consistency = 'strong'")).client_got(reply().command_complete("SET").ready('I'));
    use_rules(s, {r});
    s.reads_on_a_replica();
}

SCRIPT(rules, show_tells_where_the_last_statement_ran) {
    const auto shows = [&](const std::string& name, const std::string& value) {
        s.client(ask::query("show " + name))
            .expects_no_lease()
            .client_got(reply().row_description({name}).data_row(value).command_complete("SHOW").ready('I'));
    };
    shows("weir.node", "");
    s.reads_on(replica_1);
    shows("weir.node", "node1");
    shows("weir.reason", "read");
}

SCRIPT(rules, show_is_answered_in_the_extended_protocol) {
    s.client(ask::parse("", "show weir.consistency") + ask::describe("") + ask::sync())
        .expects_no_lease()
        .client_got(reply().parse_complete().parameter_description().row_description({"weir.consistency"}).ready('I'))
        .client(ask::bind("", "") + ask::execute() + ask::sync())
        .client_got(reply().bind_complete().data_row("session").command_complete("SHOW").ready('I'));
}

SCRIPT(rules, explain_route_answers_without_a_connection_and_counts_nothing) {
    use_rules(s, {with_regex(to(routing::rule_route::primary), "from hot")});
    s.client(ask::query("explain route select 1 from hot where id = 7")).expects_no_lease();
    const auto got = std::exchange(s.shell().client_got, {});
    for (const auto* part : {"node0", "rule_primary: a rule sends it to the primary", "r: regex = from hot",
                             "a proved read; names hot", "select ? from hot where id = ?",
                             "none: this session has seen nothing yet", "node1 (replica"})
        EXPECT_NE(got.find(part), std::string::npos) << part;
    EXPECT_EQ(counts(s).hits, 0U);
}

SCRIPT(rules, digests_are_counted_by_where_they_went) {
    s.reads_on_a_replica();
    s.writes(0x200);
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    s.around().env.digests.for_each([&](const routing::digest_entry& e) {
        reads += e.on_replica;
        writes += e.on_primary;
    });
    EXPECT_EQ(reads, 1U);
    EXPECT_EQ(writes, 1U);
}

}  // namespace
}  // namespace weir::session

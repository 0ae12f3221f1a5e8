// The keys of [[rule]].
#include "config/key.hpp"
#include "config/store.hpp"

namespace weir::config {

namespace {

using rule_row = routing::rule;

constexpr std::string_view group_prefix = "group:";

void store_route(draft& d, std::string text) {
    rule_row& r = rule_of(d);
    if (text == "primary") {
        r.route = routing::rule_route::primary;
    } else if (text == "reject") {
        r.route = routing::rule_route::reject;
    } else {
        r.route = routing::rule_route::replicas;
        if (text.starts_with(group_prefix)) r.group = text.substr(group_prefix.size());
    }
}

void store_rate(draft& d, std::string text) {
    d.rules.back().rate = std::move(text);
}

void store_scope(draft& d, std::string text) {
    using routing::rate_scope;
    auto& scope = d.rules.back().rate_scope;
    scope = rate_scope::user;
    if (text == "digest") scope = rate_scope::digest;
    if (text == "rule") scope = rate_scope::rule;
}

std::vector<key> matchers() {
    return {
        {.name = "user",
         .fallback = R"("")",
         .says = "Matches this user; empty: everyone.",
         .store = put_text<rule_of, &rule_row::user>},
        {.name = "database",
         .fallback = R"("")",
         .says = "Matches this database, as the client names it; empty: every one.",
         .store = put_text<rule_of, &rule_row::database>},
        {.name = "application_name",
         .fallback = R"("")",
         .says = "Matches this application_name; empty: every one.",
         .store = put_text<rule_of, &rule_row::application_name>},
        {.name = "client",
         .fallback = R"("")",
         .says = "Matches clients by address: `10.0.0.0/8`, `::1`, `unix`; empty: every one.",
         .store = put_text<rule_of, &rule_row::client>},
        {.name = "digest",
         .fallback = R"("")",
         .says = "Matches statements of this digest, 32 hexadecimal digits as `SHOW DIGESTS` tells "
                 "them.",
         .store = put_text<rule_of, &rule_row::digest>},
        {.name = "regex",
         .fallback = R"("")",
         .says = "Matches statements whose digest text holds this regular expression (RE2).",
         .store = put_text<rule_of, &rule_row::regex>},
        {.name = "table",
         .fallback = R"("")",
         .says = "Matches statements that name this table; with a schema, only where they say it.",
         .store = put_text<rule_of, &rule_row::table>},
        {.name = "hint",
         .form = shape::choice,
         .says = "Matches statements with the comment hint `/* weir: primary */` or `/* weir: "
                 "replica */`.",
         .choices = {"primary", "replica"},
         .store =
             [](draft& d, std::string v) {
                 rule_of(d).hint = v == "primary" ? query::hint::primary : query::hint::replica;
             }},
        {.name = "in_transaction",
         .form = shape::truth,
         .says = "Matches inside of transactions only, or outside only.",
         .store = [](draft& d, bool v) { rule_of(d).in_transaction = v; }},
    };
}

std::vector<key> limits_and_ends() {
    return {
        {.name = "max_lag_ms",
         .form = shape::duration,
         .says = "Instead of `max_lag_ms` in `[routing]`, and at every level. 0: no limit.",
         .store = [](draft& d, std::int64_t v) { rule_of(d).max_lag_ms = v; }},
        {.name = "max_lag_bytes",
         .form = shape::size,
         .says = "Instead of `max_lag_bytes` in `[routing]`, and at every level. 0: no limit.",
         .store = [](draft& d, std::int64_t v) { rule_of(d).max_lag_bytes = v; }},
        {.name = "timeout_ms",
         .form = shape::duration,
         .fallback = "0",
         .says = "A request that has taken this long, waiting included, is cancelled (SQLSTATE "
                 "57014). 0: no limit.",
         .store = put_number<rule_of, &rule_row::timeout>},
        {.name = "rate_limit",
         .fallback = R"("")",
         .says = "How many requests in a time: `100/s`, `30/min`, `5/h`. What is more is refused with "
                 "SQLSTATE 53400.",
         .store = store_rate},
        {.name = "rate_burst",
         .form = shape::whole,
         .says = "How many of them may come at once. Not said: those of one second, at least 1.",
         .range = {1, 1'000'000},
         .store = [](draft& d, std::int64_t v) { d.rules.back().rate_burst = v; }},
        {.name = "rate_per",
         .form = shape::choice,
         .fallback = R"("user")",
         .says = "Whose requests are counted together.",
         .choices = {"user", "digest", "rule"},
         .store = store_scope},
        {.name = "message",
         .fallback = R"("")",
         .says = "What a rejected client is told.",
         .store = put_text<rule_of, &rule_row::message>},
        {.name = "commit_outcome",
         .form = shape::truth,
         .fallback = "false",
         .says = "The COMMIT of a transaction in which such a request runs is as with `commit_outcome` in `[routing]`.",
         .store = [](draft& d, bool v) { rule_of(d).commit_outcome = v; }},
        {.name = "log",
         .form = shape::truth,
         .fallback = "false",
         .says = "Each request that the rule matches is a line in the log, without its text.",
         .store = [](draft& d, bool v) { rule_of(d).log = v; }},
        {.name = "shadow",
         .form = shape::truth,
         .fallback = "false",
         .says = "The rule is evaluated and counted, and does not act.",
         .store = [](draft& d, bool v) { rule_of(d).shadow = v; }},
        {.name = "enabled",
         .form = shape::truth,
         .fallback = "true",
         .says = "`false`: as if the rule were not there.",
         .store = [](draft& d, bool v) { rule_of(d).enabled = v; }},
        {.name = "comment",
         .fallback = R"("")",
         .says = "For those who read `SHOW RULES`.",
         .store = put_text<rule_of, &rule_row::comment>},
    };
}

std::vector<key> rule_keys() {
    std::vector<key> all{
        {.name = "name",
         .says = "What logs and metrics call it. Not said: `rule-1`, `rule-2` ...",
         .store = put_text<rule_of, &rule_row::name>},
    };
    for (auto& k : matchers()) all.push_back(std::move(k));
    all.push_back({.name = "route",
                   .form = shape::choice,
                   .says = "Where its statements go. A group is a set of replicas.",
                   .choices = {"primary", "replicas", "group:NAME", "reject"},
                   .store = store_route});
    all.push_back({.name = "consistency",
                   .form = shape::choice,
                   .says = "Instead of `consistency` in `[routing]`.",
                   .choices = consistency_levels,
                   .store = [](draft& d, std::string v) {
                       rule_of(d).level = routing::parse_consistency(v).value();
                   }});
    for (auto& k : limits_and_ends()) all.push_back(std::move(k));
    return all;
}

}  // namespace

section rule_section() {
    return {.title = "rule",
            .form = repetition::listed,
            .says =
                "The DBA's word on routing; the first rule that matches a request wins. A rule "
                "never sends a write to a replica. See [routing-rules.md](routing-rules.md).",
            .keys = rule_keys(),
            .open = [](draft& d, std::string, place at) { d.rules.emplace_back().at = at; }};
}

}  // namespace weir::config

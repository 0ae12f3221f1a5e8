// The keys of [pool], [routing] and [[rule]].
#include <cstdlib>

#include "config/key.hpp"

namespace weir::config {

namespace {

const std::vector<std::string_view> levels{"eventual", "bounded", "session", "global", "strong"};

routing::consistency level_of(const std::string& text) {
    return routing::parse_consistency(text).value();  // one of `levels`: the reader has seen to it
}

routing::rule& rule_of(draft& d) { return d.rules.back().rule; }

routing::rule_route route_of(const std::string& text) {
    if (text == "primary") return routing::rule_route::primary;
    if (text == "replicas") return routing::rule_route::replicas;
    return routing::rule_route::reject;
}

}  // namespace

section pool_section() {
    return {.title = "pool", .says = "Connections to the nodes, shared by clients.", .keys = {
        {.name = "mode", .form = shape::choice, .fallback = R"("transaction")",
         .says = "`transaction`: a connection is lent for one transaction, longer where it must be.",
         .choices = {"transaction"}, .later_choices = {"session"},
         .store = [](draft& d, std::string) { d.made.pool.mode = pool_mode::transaction; }},
        {.name = "size", .form = shape::whole, .fallback = "20",
         .says = "Open connections for each node, database and user, over all workers, idle included.",
         .range = {1, 100'000},
         .store = [](draft& d, std::int64_t n) { d.made.pool.size = static_cast<std::size_t>(n); }},
        {.name = "max_per_node", .form = shape::whole, .fallback = "0",
         .says = "Open connections to one node in all. 0: no limit.",
         .range = {0, 1'000'000},
         .store = [](draft& d, std::int64_t n) { d.made.pool.max_per_node = static_cast<std::size_t>(n); }},
        {.name = "min_size", .form = shape::later, .fallback = "0",
         .says = "Connections kept open although nobody needs them."},
        {.name = "wait_timeout_ms", .form = shape::duration, .fallback = "10000",
         .says = "How long a client waits for a connection before it gets SQLSTATE 53300.",
         .range = {1},
         .store = [](draft& d, std::int64_t n) { d.made.pool.wait_timeout = milliseconds(n); }},
        {.name = "idle_timeout_ms", .form = shape::duration, .fallback = "600000",
         .says = "A connection that nobody used for this long is closed.",
         .range = {1},
         .store = [](draft& d, std::int64_t n) { d.made.pool.idle_timeout = milliseconds(n); }},
        {.name = "lifetime_ms", .form = shape::duration, .fallback = "3600000",
         .says = "A connection older than this is closed when it is next idle.",
         .range = {1},
         .store = [](draft& d, std::int64_t n) { d.made.pool.lifetime = milliseconds(n); }},
    }};
}

section routing_section() {
    return {.title = "routing", .says = "Which node may answer a read.", .keys = {
        {.name = "consistency", .form = shape::choice, .fallback = R"("session")",
         .says = "How fresh a read is. `session`: a session reads its own writes and never goes back.",
         .choices = levels,
         .store = [](draft& d, std::string v) { d.made.routing.level = level_of(v); }},
        {.name = "max_lag_bytes", .form = shape::size, .fallback = "0",
         .says = "With `bounded`: a replica further behind is not read from. 0: no limit.",
         .store = [](draft& d, std::int64_t n) { d.made.routing.max_lag_bytes = n; }},
        {.name = "max_lag_ms", .form = shape::duration, .fallback = "10000",
         .says = "A replica further behind is not read from, at every level but `eventual`. 0: no limit.",
         .store = [](draft& d, std::int64_t n) { d.made.routing.max_lag_ms = n; }},
        {.name = "causal_wait_ms", .form = shape::duration, .fallback = "5",
         .says = "How long a read waits for a replica to catch up before it goes to the primary.",
         .range = {0, 60'000},
         .store = [](draft& d, std::int64_t n) { d.made.routing.causal_wait = milliseconds(n); }},
        {.name = "transactions", .form = shape::choice, .fallback = R"("safe")",
         .says = "`safe`: a transaction that is not declared READ ONLY runs on the primary.",
         .choices = {"safe"}, .later_choices = {"split"},
         .store = [](draft& d, std::string) {
             d.made.routing.transactions = routing::transaction_policy::safe;
         }},
        {.name = "failover_wait_ms", .form = shape::duration, .fallback = "60000",
         .says = "How long writes wait for a primary while there is none.",
         .store = [](draft& d, std::int64_t n) { d.made.routing.failover_wait = milliseconds(n); }},
    }};
}

section rule_section() {
    section s{.title = "rule",
              .form = repetition::listed,
              .says = "The DBA's word on routing; the first rule that matches a session wins. A rule "
                      "never sends a write to a replica.",
              .open = [](draft& d, std::string, place at) { d.rules.emplace_back().at = at; }};
    s.keys = {
        {.name = "name", .says = "What logs and metrics call it. Not said: `rule-1`, `rule-2` ...",
         .store = [](draft& d, std::string v) { rule_of(d).name = std::move(v); }},
        {.name = "user", .fallback = R"("")", .says = "Matches this user; empty: everyone.",
         .store = [](draft& d, std::string v) { rule_of(d).user = std::move(v); }},
        {.name = "database", .fallback = R"("")",
         .says = "Matches this database, as the client names it; empty: every one.",
         .store = [](draft& d, std::string v) { rule_of(d).database = std::move(v); }},
        {.name = "application_name", .fallback = R"("")",
         .says = "Matches this application_name; empty: every one.",
         .store = [](draft& d, std::string v) { rule_of(d).application_name = std::move(v); }},
        {.name = "route", .form = shape::choice, .says = "Where its statements go.",
         .choices = {"primary", "replicas", "reject"}, .later_choices = {"group:NAME"},
         .store = [](draft& d, std::string v) { rule_of(d).route = route_of(v); }},
        {.name = "consistency", .form = shape::choice,
         .says = "Instead of `[routing]` consistency.", .choices = levels,
         .store = [](draft& d, std::string v) { rule_of(d).level = level_of(v); }},
        {.name = "message", .fallback = R"("")", .says = "What a rejected client is told.",
         .store = [](draft& d, std::string v) { rule_of(d).message = std::move(v); }},
        {.name = "client", .form = shape::later, .fallback = R"("")",
         .says = "Matches client addresses (CIDR)."},
        {.name = "digest", .form = shape::later, .fallback = R"("")", .says = "Matches a digest."},
        {.name = "regex", .form = shape::later, .fallback = R"("")",
         .says = "Matches the digest's text."},
        {.name = "table", .form = shape::later, .fallback = R"("")",
         .says = "Matches statements that name this table."},
        {.name = "hint", .form = shape::later, .fallback = R"("")",
         .says = "Matches a comment hint."},
        {.name = "in_transaction", .form = shape::later,
         .says = "Matches inside or outside of transactions."},
    };
    return s;
}

}  // namespace weir::config

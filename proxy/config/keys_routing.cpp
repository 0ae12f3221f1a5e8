// The keys of [pool] and [routing].
#include "config/key.hpp"
#include "config/store.hpp"

namespace weir::config {

namespace {

using pool_row = pool_settings;
using routing_row = routing::policy_settings;

routing::consistency level_of(const std::string& text) {
    return routing::parse_consistency(text).value();  // one of `levels`: the reader has seen to it
}

std::vector<key> pool_keys() {
    return {
        {.name = "mode",
         .form = shape::choice,
         .fallback = R"("transaction")",
         .says = "`transaction`: a connection is lent for one transaction, longer where it must be. "
                 "`session`: a client keeps its connection to the primary until it disconnects; reads "
                 "still go to replicas.",
         .choices = {"transaction", "session"},
         .store = [](draft& d, std::string word) { pool_of(d).mode = pool_mode_of(word); }},
        {.name = "size",
         .form = shape::whole,
         .fallback = "20",
         .says = "Open connections for each node, database and user, over all workers, idle "
                 "included.",
         .range = {1, 100'000},
         .store = put_number<pool_of, &pool_row::size>},
        {.name = "sequences",
         .form = shape::choice,
         .fallback = R"("transaction")",
         .says = "`transaction`: currval and lastval answer within the transaction or the string of "
                 "statements that drew from the sequence, else SQLSTATE 55000. `keep`: a session that "
                 "may have drawn from a sequence keeps its connection until it disconnects.",
         .choices = {"transaction", "keep"},
         .store = [](draft& d, std::string word) { pool_of(d).keeps_sequences = word == "keep"; }},
        {.name = "max_per_node",
         .form = shape::whole,
         .fallback = "0",
         .says = "Open connections to one node in all, over all databases and users. Where it is reached, the pools "
                 "that wait and have the fewest come first. 0: no limit.",
         .range = {0, 100'000},
         .store = put_number<pool_of, &pool_row::max_per_node>},
        {.name = "max_waiting",
         .form = shape::whole,
         .fallback = "0",
         .says = "Clients that wait for a connection of one pool; the next one gets SQLSTATE 53300 at once. 0: no "
                 "limit but `server.max_clients`.",
         .range = {0, 1'000'000},
         .store = put_number<pool_of, &pool_row::max_waiting>},
        {.name = "min_size",
         .form = shape::later,
         .fallback = "0",
         .says = "Connections kept open although nobody needs them."},
        {.name = "wait_timeout_ms",
         .form = shape::duration,
         .fallback = "10000",
         .says = "How long a client waits for a connection before it gets SQLSTATE 53300.",
         .range = {1},
         .store = put_number<pool_of, &pool_row::wait_timeout>},
        {.name = "idle_timeout_ms",
         .form = shape::duration,
         .fallback = "600000",
         .says = "A connection that nobody used for this long is closed.",
         .range = {1},
         .store = put_number<pool_of, &pool_row::idle_timeout>},
        {.name = "lifetime_ms",
         .form = shape::duration,
         .fallback = "3600000",
         .says = "A connection older than this is closed when it is next idle.",
         .range = {1},
         .store = put_number<pool_of, &pool_row::lifetime>},
    };
}

std::vector<key> routing_keys() {
    return {
        {.name = "consistency",
         .form = shape::choice,
         .fallback = R"("session")",
         .says = "How fresh a read is. `session`: a session reads its own writes and never goes "
                 "back in time.",
         .choices = consistency_levels,
         .store = [](draft& d, std::string v) { routing_of(d).level = level_of(v); }},
        {.name = "max_lag_bytes",
         .form = shape::size,
         .fallback = "0",
         .says = "With `bounded`: a replica further behind is not read from. 0: no limit.",
         .store = put_number<routing_of, &routing_row::max_lag_bytes>},
        {.name = "max_lag_ms",
         .form = shape::duration,
         .fallback = "10000",
         .says = "A replica further behind is not read from, at every level but `eventual`. 0: no "
                 "limit.",
         .store = put_number<routing_of, &routing_row::max_lag_ms>},
        {.name = "causal_wait_ms",
         .form = shape::duration,
         .fallback = "5",
         .says = "How long a read waits for a replica to catch up, and for the primary's position, before it "
                 "goes to the primary.",
         .store = put_number<routing_of, &routing_row::causal_wait>},
        {.name = "audit_every",
         .form = shape::whole,
         .fallback = "0",
         .says = "Of so many reads on replicas one is audited: the replica is asked, right ahead of it, whether it "
                 "has really reached the session's floor; `weir_stale_reads_total` counts where not. 0: none.",
         .range = {0, 1'000'000'000},
         .store = put_number<routing_of, &routing_row::audit_every>},
        {.name = "transactions",
         .form = shape::choice,
         .fallback = R"("safe")",
         .says = "`safe`: a transaction that is not declared READ ONLY runs on the primary. `split`: in READ "
                 "COMMITTED the reads ahead of its first write may run on a replica.",
         .choices = {"safe", "split"},
         .store = [](draft& d, std::string v) { routing_of(d).transactions = transaction_policy_of(v); }},
        {.name = "split_consistency",
         .form = shape::choice,
         .fallback = R"("global")",
         .says = "How fresh those reads are: what they see decides what the transaction writes. A rule's "
                 "`consistency` goes before it.",
         .choices = consistency_levels,
         .store = [](draft& d, std::string v) { routing_of(d).level_in_split = level_of(v); }},
        {.name = "failover_wait_ms",
         .form = shape::duration,
         .fallback = "60000",
         .says = "How long writes wait for a primary while there is none.",
         .store = put_number<routing_of, &routing_row::failover_wait>},
        {.name = "commit_outcome",
         .form = shape::truth,
         .fallback = "false",
         .says = "Where the answer to a COMMIT is lost with its connection, the primary is asked whether it was done. "
                 "Costs a round trip to the primary ahead of the COMMIT of a transaction that has written.",
         .store = [](draft& d, bool v) { routing_of(d).commit_outcome = v; }},
    };
}

}  // namespace

section pool_section() {
    return {.title = "pool",
            .says = "Connections to the nodes, shared by clients.",
            .keys = pool_keys()};
}

section routing_section() {
    return {.title = "routing", .says = "Which node may answer a read.", .keys = routing_keys()};
}

}  // namespace weir::config

#include "admin/tally.hpp"

#include <algorithm>
#include <cstdlib>

#include "admin/readable.hpp"

namespace weir::admin {

std::string_view role_by(routing::reason why) {
    switch (why) {
        case routing::reason::read:
        case routing::reason::held_replica:
            return "replica";
        case routing::reason::local:
        case routing::reason::rule_reject:
        case routing::reason::rate_limited:
            return "none";
        case routing::reason::held_primary:
        case routing::reason::hint_primary:
        case routing::reason::rule_primary:
        case routing::reason::not_read_only:
        case routing::reason::unparsed:
        case routing::reason::transaction:
        case routing::reason::isolation:
        case routing::reason::cycle_too_large:
        case routing::reason::position_unknown:
        case routing::reason::behind_floor:
        case routing::reason::too_far_behind:
        case routing::reason::no_replica:
        case routing::reason::replica_refused:
        case routing::reason::learned:
        case routing::reason::replica_lost:
        case routing::reason::replication:
            return "primary";
    }
    std::abort();  // no enumerator
}

std::map<node_key, node_load> load_by_node(const status::report& now) {
    std::map<node_key, node_load> loads;
    for (const auto& part : now.traffic) {
        auto& load = loads[{part.cluster, part.node}];
        for (const std::size_t role : {0, 1}) {
            load.reads[role] += part.reads[role];
            load.writes[role] += part.writes[role];
        }
    }
    for (const auto& pool : now.pools) {
        loads[{pool.cluster, pool.node}].connections +=
            pool.servers_active + pool.servers_idle + pool.servers_login;
    }
    return loads;
}

std::map<std::string, database_load> load_by_database(const status::report& now) {
    std::map<std::string, database_load> loads;
    for (const auto& part : now.traffic) {
        auto& load = loads[readable_name(part.database)];
        for (const std::size_t role : {0, 1}) {
            load.requests += part.reads[role] + part.writes[role];
            load.reads[role] += part.reads[role];
            load.writes += part.writes[role];
            load.seconds += part.seconds[role].sum_seconds;
        }
    }
    for (const auto& one : now.database_sums) {
        const auto found = loads.find(readable_name(one.database));
        if (found == loads.end()) continue;
        auto& load = found->second;
        load.transactions += one.transactions;
        load.bytes_received += one.bytes_received;
        load.bytes_sent += one.bytes_sent;
        load.queue_seconds += one.queue_seconds;
    }
    return loads;
}

client_load load_of_clients(const status::report& now) {
    client_load load;
    for (const auto& pool : now.pools) {
        load.active += pool.clients_active;
        load.waiting += pool.clients_waiting;
    }
    load.login = std::min(now.clients_logging_in, now.clients);
    load.active = std::min(load.active, now.clients - load.login);
    load.waiting = std::min(load.waiting, now.clients - load.login - load.active);
    load.idle = now.clients - load.login - load.active - load.waiting;
    return load;
}

}  // namespace weir::admin

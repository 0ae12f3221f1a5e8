// The keys of [cluster.NAME] with its nodes, [database.NAME] and [user.NAME].
#include "config/key.hpp"

namespace weir::config {

namespace {

cluster_settings& cluster_of(draft& d) { return d.clusters.back().settings; }
node_draft& node_of(draft& d) { return d.clusters.back().nodes.back(); }
database_settings& database_of(draft& d) { return d.databases.back().settings; }

/// What [user.NAME] and [database.NAME] will override.
void append_overrides(std::vector<key>& keys) {
    const auto later = shape::later;
    keys.push_back({.name = "pool", .form = later, .says = "Its own `[pool]`."});
    keys.push_back({.name = "mode", .form = later, .says = "Its own `mode` of `[pool]`."});
    keys.push_back({.name = "consistency", .form = later, .says = "Its own `consistency`."});
    keys.push_back({.name = "transactions", .form = later, .says = "Its own `transactions`."});
    keys.push_back({.name = "max_clients", .form = later, .says = "Its own `max_clients`."});
}

}  // namespace

section cluster_section() {
    section s{.title = "cluster",
              .form = repetition::named,
              .says = "A primary and its replicas. Which is which is found by asking.",
              .open = [](draft& d, std::string name, place at) {
                  d.clusters.emplace_back().at = at;
                  cluster_of(d).name = std::move(name);
              }};
    s.keys = {
        {.name = "nodes", .form = shape::nodes,
         .says = "The servers: connection strings as libpq takes them (keywords or URI), or tables."},
        {.name = "probe_user", .fallback = R"("weir")",
         .says = "Who asks the nodes for role and position; needs `pg_monitor`.",
         .store = [](draft& d, std::string v) { cluster_of(d).probe_user = std::move(v); }},
        {.name = "probe_password", .form = shape::secret, .fallback = R"("")",
         .says = "Password of `probe_user`. Empty: as libpq finds it (`PGPASSFILE`).",
         .store = [](draft& d, std::string v) { cluster_of(d).probe_password = std::move(v); }},
        {.name = "probe_database", .fallback = R"("postgres")",
         .says = "Database that the probes connect to.",
         .store = [](draft& d, std::string v) { cluster_of(d).probe_database = std::move(v); }},
        {.name = "probe_interval_ms", .form = shape::duration, .fallback = "100",
         .says = "Time between two probes of a node.", .range = {10, 60'000},
         .store = [](draft& d, std::int64_t n) { cluster_of(d).probe_interval = milliseconds(n); }},
        {.name = "probe_timeout_ms", .form = shape::duration, .fallback = "1000",
         .says = "A node that has not answered a probe for this long counts as down.",
         .range = {10, 600'000},
         .store = [](draft& d, std::int64_t n) { cluster_of(d).probe_timeout = milliseconds(n); }},
        {.name = "patroni", .form = shape::later, .fallback = "[]",
         .says = "REST endpoints of Patroni, to find nodes through."},
    };
    return s;
}

const section& node_table() {
    static const section table{
        .title = "cluster.NAME.nodes",
        .form = repetition::listed,
        .says = "An element of `nodes`, as a table.",
        .keys = {
            {.name = "conninfo", .says = "The connection string.",
             .store = [](draft& d, std::string v) { node_of(d).conninfo = std::move(v); }},
            {.name = "name", .says = "What logs and metrics call it; else host:port.",
             .store = [](draft& d, std::string v) { node_of(d).name = std::move(v); }},
            {.name = "weight", .form = shape::whole, .fallback = "1",
             .says = "Its share of the reads against the other replicas'; 0: no reads.",
             .range = {0, 1000},
             .store = [](draft& d, std::int64_t n) {
                 node_of(d).weight = static_cast<std::uint32_t>(n);
             }},
            {.name = "group", .form = shape::later, .fallback = R"("")",
             .says = "Group that rules can route to."},
        },
        .open = [](draft& d, std::string, place at) { d.clusters.back().nodes.emplace_back().at = at; }};
    return table;
}

section database_section() {
    section s{.title = "database",
              .form = repetition::named,
              .says = "A database as clients name it; `\"*\"` is every one that has no section of its "
                      "own. Not needed where there is one cluster that serves all.",
              .open = [](draft& d, std::string name, place at) {
                  d.databases.emplace_back().at = at;
                  database_of(d).name = std::move(name);
              }};
    s.keys = {
        {.name = "dbname", .fallback = R"("")",
         .says = "Its name at the nodes. Empty: the same.",
         .store = [](draft& d, std::string v) { database_of(d).dbname = std::move(v); }},
        {.name = "cluster", .fallback = R"("")",
         .says = "Its cluster. May be left out where there is only one.",
         .store = [](draft& d, std::string v) { database_of(d).cluster = std::move(v); }},
    };
    append_overrides(s.keys);
    return s;
}

section user_section() {
    section s{.title = "user",
              .form = repetition::named,
              .says = "What differs for one user.",
              .open = [](draft&, std::string, place) {}};
    append_overrides(s.keys);
    return s;
}

}  // namespace weir::config

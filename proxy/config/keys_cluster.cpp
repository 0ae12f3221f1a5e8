// The keys of [cluster.NAME] with its nodes, [database.NAME] and [user.NAME].
#include "config/key.hpp"
#include "config/store.hpp"

namespace weir::config {

namespace {

using cluster_row = cluster_settings;
using database_row = database_settings;

cluster::health_settings& health_of(draft& d) { return cluster_of(d).health; }

/// Which replicas are read from, and how much.
std::vector<key> health_keys() {
    return {
        {.name = "slow_start_ms",
         .form = shape::duration,
         .fallback = "5000",
         .says = "A replica that has come back gets its full share of the reads after this long, a tenth at "
                 "first; 0: at once.",
         .range = {0, 3'600'000},
         .store = [](draft& d, std::int64_t n) { health_of(d).share.slow_start = milliseconds(n); }},
        {.name = "outlier_factor",
         .form = shape::whole,
         .fallback = "5",
         .says = "A replica that answers its probes later than this many times the median of the others, and "
                 "than `outlier_least_ms`, gets fewer reads from half a second to the next, and none if it is as slow "
                 "with a tenth of them, until it keeps up again; 0: however slow.",
         .range = {0, 1000},
         .store = [](draft& d, std::int64_t n) { health_of(d).slow.factor = static_cast<int>(n); }},
        {.name = "outlier_least_ms",
         .form = shape::duration,
         .fallback = "50",
         .says = "No replica that answers its probes sooner is an outlier.",
         .range = {1, 600'000},
         .store = [](draft& d, std::int64_t n) { health_of(d).slow.least = milliseconds(n); }},
        {.name = "outlier_max_percent",
         .form = shape::whole,
         .fallback = "50",
         .says = "At most this part of the replicas is not read from for being slow.",
         .range = {0, 100},
         .store = [](draft& d, std::int64_t n) { health_of(d).slow.most_percent = static_cast<int>(n); }},
    };
}

std::vector<key> patroni_keys() {
    return {
        {.name = "patroni",
         .form = shape::texts,
         .fallback = "[]",
         .says = "REST endpoints of Patroni (`\"http://10.0.0.1:8008\"`), asked in turn: its members are nodes "
                 "beside those in `nodes`, which may then be left out, and of two primaries of one timeline its "
                 "leader counts. A node there is the member of its address, or of its `name`.",
         .store = [](draft& d, std::vector<placed_text> said) { d.clusters.back().patroni = std::move(said); }},
        {.name = "patroni_interval_ms",
         .form = shape::duration,
         .fallback = "1000",
         .says = "Time between two questions to Patroni.",
         .range = {10, 600'000},
         .store = put_number<cluster_of, &cluster_row::patroni_interval>},
    };
}

std::vector<key> cluster_keys() {
    std::vector<key> keys{
        {.name = "nodes",
         .form = shape::nodes,
         .says =
             "The servers: connection strings as libpq takes them (keywords or URI), or tables."},
        {.name = "probe_user",
         .fallback = R"("weir")",
         .says = "Who asks the nodes for role and position; needs `pg_monitor`, and REPLICATION to learn at "
                 "which point a failover began. A user in a node's own connection string goes before it.",
         .store = put_text<cluster_of, &cluster_row::probe_user>},
        {.name = "probe_password",
         .form = shape::secret,
         .fallback = R"("")",
         .says = "Password of `probe_user`. Empty: as libpq finds it (`PGPASSFILE`).",
         .store = put_text<cluster_of, &cluster_row::probe_password>},
        {.name = "probe_database",
         .fallback = R"("postgres")",
         .says = "Database that the probes connect to.",
         .store = put_text<cluster_of, &cluster_row::probe_database>},
        {.name = "probe_interval_ms",
         .form = shape::duration,
         .fallback = "100",
         .says = "Time between two probes of a node.",
         .range = {10, 60'000},
         .store = put_number<cluster_of, &cluster_row::probe_interval>},
        {.name = "probe_timeout_ms",
         .form = shape::duration,
         .fallback = "1000",
         .says = "A node that has not answered a probe for this long counts as down.",
         .range = {10, 600'000},
         .store = put_number<cluster_of, &cluster_row::probe_timeout>},
        {.name = "catalog_probe_ms",
         .form = shape::duration,
         .fallback = "1000",
         .says = "Time between two looks at whether the catalog of a database has changed by other "
                 "ways than through Weir.",
         .range = {10, 3'600'000},
         .store = put_number<cluster_of, &cluster_row::catalog_probe>},
    };
    for (auto& k : health_keys()) keys.push_back(std::move(k));
    for (auto& k : patroni_keys()) keys.push_back(std::move(k));
    return keys;
}

std::vector<key> node_keys() {
    return {
        {.name = "conninfo",
         .says = "The connection string.",
         .store = put_text<node_of, &node_draft::conninfo>},
        {.name = "name",
         .says = "What logs and metrics call it; else host:port.",
         .store = put_text<node_of, &node_draft::name>},
        {.name = "weight",
         .form = shape::whole,
         .fallback = "1",
         .says = "Its share of the reads against the other replicas'; 0: no reads.",
         .range = {0, 1000},
         .store = put_number<node_of, &node_draft::weight>},
        {.name = "group",
         .fallback = R"("")",
         .says = "Group that rules can route to.",
         .store = put_text<node_of, &node_draft::group>},
    };
}

/// What [user.NAME] and [database.NAME] override.
template <auto Of>
std::vector<key> override_keys() {
    return {
        {.name = "mode",
         .form = shape::choice,
         .fallback = "",
         .says = "Its own `mode` of `[pool]`; that of a user goes before that of a database.",
         .choices = {"transaction", "session"},
         .store = [](draft& d, std::string word) { Of(d).own.mode = pool_mode_of(word); }},
        {.name = "consistency",
         .form = shape::choice,
         .fallback = "",
         .says = "Its own `consistency` of `[routing]`; that of a user goes before that of a database.",
         .choices = consistency_levels,
         .store = [](draft& d, std::string word) { Of(d).own.level = routing::parse_consistency(word); }},
        {.name = "transactions",
         .form = shape::choice,
         .fallback = "",
         .says = "Its own `transactions` of `[routing]`; that of a user goes before that of a database.",
         .choices = {"safe", "split"},
         .store = [](draft& d, std::string word) { Of(d).own.transactions = transaction_policy_of(word); }},
        {.name = "commit_outcome",
         .form = shape::truth,
         .fallback = "",
         .says = "Its own `commit_outcome` of `[routing]`; that of a user goes before that of a database.",
         .store = [](draft& d, bool v) { Of(d).own.commit_outcome = v; }},
        {.name = "pool", .form = shape::later, .says = "Its own `[pool]`."},
        {.name = "max_clients",
         .form = shape::whole,
         .fallback = "0",
         .says = "Its clients at one time; the next one is refused with SQLSTATE 53300. 0: as many as there may be in all.",
         .store = [](draft& d, std::int64_t n) { Of(d).max_clients = static_cast<std::size_t>(n); }},
    };
}

std::vector<key> database_keys() {
    std::vector<key> keys{
        {.name = "dbname",
         .fallback = R"("")",
         .says = "Its name at the nodes. Empty: the same.",
         .store = put_text<database_of, &database_row::dbname>},
        {.name = "cluster",
         .fallback = R"("")",
         .says = "Its cluster. May be left out where there is only one.",
         .store = put_text<database_of, &database_row::cluster>},
        {.name = "user",
         .fallback = R"("")",
         .says = "User that all its clients are at the nodes, whoever they have logged in as. Empty: each is itself.",
         .store = put_text<database_of, &database_row::user>},
        {.name = "password",
         .form = shape::secret,
         .fallback = R"("")",
         .says = "Password of `user` at the nodes. Empty: what `users_file` says.",
         .store = put_text<database_of, &database_row::password>},
    };
    for (auto& k : override_keys<database_of>()) keys.push_back(std::move(k));
    return keys;
}

}  // namespace

section cluster_section() {
    return {.title = "cluster",
            .form = repetition::named,
            .says = "A primary and its replicas. Which is which is found by asking.",
            .keys = cluster_keys(),
            .open = [](draft& d, std::string name, place at) {
                d.clusters.emplace_back().at = at;
                cluster_of(d).name = std::move(name);
            }};
}

const section& node_table() {
    static const section table{.title = "cluster.NAME.nodes",
                               .form = repetition::listed,
                               .says = "An element of `nodes`, as a table.",
                               .keys = node_keys(),
                               .open = [](draft& d, std::string, place at) {
                                   d.clusters.back().nodes.emplace_back().at = at;
                               }};
    return table;
}

section database_section() {
    return {.title = "database",
              .form = repetition::named,
              .says =
                  "A database as clients name it; `\"*\"` is every one that has no section of its "
                  "own. Not needed where there is one cluster that serves all.",
              .keys = database_keys(),
              .open = [](draft& d, std::string name, place at) {
                  d.databases.emplace_back().at = at;
                  database_of(d).name = std::move(name);
              }};
}

section user_section() {
    return {.title = "user",
              .form = repetition::named,
              .says = "What differs for one user.",
              .keys = override_keys<user_of>(),
              .open = [](draft& d, std::string name, place) {
                  d.made.user_overrides.push_back({std::move(name), {}});
              }};
}

}  // namespace weir::config

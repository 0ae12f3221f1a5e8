// The example that every section appears in once loads as it stands.
#include <gtest/gtest.h>

#include "unit/config/world.hpp"

namespace weir::config {
namespace {

constexpr const char* example = R"(
[server]
listen = ["127.0.0.1:6432"]            # also "unix:/run/weir" and "[::1]:6432"
workers = 0                            # 0: one per core, at most the cgroup quota and 4
http = "127.0.0.1:9432"                # /metrics, /api/..., dashboard; "" is off
max_clients = 10000                    # start raises RLIMIT_NOFILE as needed or refuses
peer_id = 0                            # with peers = { 1 = "host:port", ... }
drain_delay_ms = 0                     # /readyz says 503 this long before the listeners close

[auth]
method = "scram-sha-256"
users_file = "users.txt"
query = ""                             # auth_query, run as query_user
admin_users = ["postgres"]

[cluster.main]
nodes = ["host=127.0.0.1 port=5432", "host=127.0.0.1 port=5433"]
probe_user = "weir"
probe_password = ""
probe_interval_ms = 100
patroni = []

[database."*"]
cluster = "main"

[pool]
mode = "transaction"
size = 20
wait_timeout_ms = 10000

[routing]
consistency = "session"
max_lag_bytes = 0
max_lag_ms = 10000
causal_wait_ms = 5
transactions = "safe"
failover_wait_ms = 60000

[[rule]]
name = "reports"
user = "analytics"
route = "replicas"
consistency = "eventual"

[tls.client]
[tls.server]
[log]
level = "info"
)";

TEST(Contract, TheWholeExampleLoads) {
    world w;
    w.files["/etc/weir/users.txt"] = "\"postgres\" \"secret\"\n\"analytics\" \"other\"\n";
    const config made = good(w.load(example));
    EXPECT_EQ(made.file, "/etc/weir/weir.toml");
    EXPECT_EQ(all_of(made.warnings), "");
    EXPECT_EQ(made.server.listen, (std::vector<listen_address>{{false, "127.0.0.1", 6432}}));
    EXPECT_EQ(made.server.http, (listen_address{false, "127.0.0.1", 9432}));
    EXPECT_EQ(made.server.workers, 2U);
    EXPECT_EQ(made.auth.method, auth::method::scram_sha_256);
    EXPECT_EQ(made.auth.users_file, "/etc/weir/users.txt");
    EXPECT_EQ(made.auth.users, (std::map<std::string, std::string>{{"analytics", "other"}, {"postgres", "secret"}}));
    EXPECT_EQ(made.auth.admin_users, std::vector<std::string>{"postgres"});
    ASSERT_EQ(made.clusters.size(), 1U);
    ASSERT_EQ(made.clusters[0].nodes.size(), 2U);
    EXPECT_EQ(made.clusters[0].nodes[1].address.name, "127.0.0.1:5433");
    EXPECT_EQ(made.clusters[0].nodes[1].address.port, 5433);
    ASSERT_EQ(made.databases.size(), 1U);
    EXPECT_EQ(made.databases[0], (database_settings{"*", "", "main"}));
    ASSERT_EQ(made.rules.size(), 1U);
    EXPECT_EQ(made.rules[0].route, routing::rule_route::replicas);
    EXPECT_EQ(made.rules[0].level, routing::consistency::eventual);
}

}  // namespace
}  // namespace weir::config

// What a configuration means: values, sections, files, the environment.
#include <gtest/gtest.h>

#include "unit/config/world.hpp"

namespace weir::config {
namespace {

const std::string cluster = "[cluster.main]\nnodes = [\"host=127.0.0.1 port=5432\"]\n";
const std::string trust = "[auth]\nmethod = \"trust\"\n";

TEST(Load, APoolModeOfADatabaseAndOfAUser) {
    world w;
    const config made = good(w.load(trust + cluster +
                                    "[pool]\nmode = \"session\"\nsequences = \"keep\"\n"
                                    "[database.shop]\nmode = \"transaction\"\n"
                                    "[user.ann]\nmode = \"session\"\n[user.bob]\n"));
    EXPECT_EQ(made.pool.mode, pool_mode::session);
    EXPECT_TRUE(made.pool.keeps_sequences);
    EXPECT_EQ(made.databases.at(0).own.mode, pool_mode::transaction);
    EXPECT_EQ(made.user_overrides, (std::vector<user_settings>{{"ann", {pool_mode::session}}, {"bob", {}}}));
}

TEST(Load, ConsistencyAndTransactionsOfADatabaseAndOfAUser) {
    world w;
    const config made = good(w.load(trust + cluster +
                                    "[database.shop]\nconsistency = \"global\"\ntransactions = \"split\"\n"
                                    "[user.ann]\nconsistency = \"eventual\"\n"
                                    "[user.bob]\ntransactions = \"safe\"\n"));
    using routing::transaction_policy;
    EXPECT_EQ(made.databases.at(0).own,
              (routing::overrides{{}, routing::consistency::global, transaction_policy::split}));
    EXPECT_EQ(made.user_overrides, (std::vector<user_settings>{{"ann", {{}, routing::consistency::eventual, {}}},
                                                               {"bob", {{}, {}, transaction_policy::safe}}}));
    EXPECT_EQ(made.routing, routing::policy_settings{});
}

TEST(Load, TheSmallestConfiguration) {
    world w;
    const config made = good(w.load(rest));
    EXPECT_EQ(made.server.listen, (std::vector<listen_address>{{false, "127.0.0.1", 6432}}));
    EXPECT_EQ(made.server.http, std::nullopt);
    EXPECT_EQ(made.databases, (std::vector<database_settings>{{"*", "", "main"}}));
    EXPECT_EQ(made.tls_client.mode, client_tls::off);
    EXPECT_EQ(made.tls_server.mode, node_tls::prefer);
    EXPECT_EQ(made.clusters[0].probe_user, "weir");
    EXPECT_EQ(made.warnings, std::vector<complaint>{});
}

TEST(Load, EveryKeyOfServer) {
    world w;
    const config made = good(w.load(R"([server]
listen = ["127.0.0.1:7000", "[::1]:7000", "unix:/run/weir", "unix:/tmp:7001"]
workers = 3
http = "127.0.0.1:9000"
max_clients = 77
login_timeout_ms = "5s"
drain_timeout_ms = 1234
drain_delay_ms = "250ms"
cycle_limit_bytes = "1MiB"
parse_limit_bytes = 2048
verdict_cache_bytes = "64MiB"
prepared_per_backend = 10
)" + rest));
    EXPECT_EQ(made.server.listen, (std::vector<listen_address>{{false, "127.0.0.1", 7000},
                                                               {false, "::1", 7000},
                                                               {true, "/run/weir", 7000},
                                                               {true, "/tmp", 7001}}));
    EXPECT_EQ(made.server.workers, 3U);
    EXPECT_EQ(made.server.http, (listen_address{false, "127.0.0.1", 9000}));
    EXPECT_EQ(made.server.max_clients, 77U);
    EXPECT_EQ(made.server.login_timeout, milliseconds(5000));
    EXPECT_EQ(made.server.drain_timeout, milliseconds(1234));
    EXPECT_EQ(made.server.drain_delay, milliseconds(250));
    EXPECT_EQ(made.server.cycle_limit_bytes, 1U << 20);
    EXPECT_EQ(made.server.parse_limit_bytes, 2048U);
    EXPECT_EQ(made.server.verdict_cache_bytes, 64U << 20);
    EXPECT_EQ(made.server.prepared_per_backend, 10U);
}

TEST(Load, AUnixSocketAloneTakesTheUsualPort) {
    world w;
    EXPECT_EQ(good(w.load("[server]\nlisten = [\"unix:/run/weir\"]" + rest)).server.listen,
              (std::vector<listen_address>{{true, "/run/weir", 6432}}));
}

TEST(Load, WorkersNotSaidAreTheCoresButFourAtMost) {
    world w;
    for (const auto& [cores, workers] :
         std::map<unsigned, unsigned>{{0, 1}, {1, 1}, {3, 3}, {64, 4}}) {
        w.cores = cores;
        EXPECT_EQ(good(w.load(rest)).server.workers, workers) << cores;
    }
    EXPECT_EQ(good(w.load("[server]\nworkers = 16" + rest)).server.workers, 16U);
}

TEST(Load, EveryKeyOfACluster) {
    world w;
    const config made = good(w.load(trust + R"([cluster.main]
nodes = [
  "host=a port=1",
  { conninfo = "host=b port=2", name = "second", weight = 3 },
]
probe_user = "u"
probe_password = "p"
probe_database = "d"
probe_interval_ms = 50
probe_timeout_ms = "2s"
)"));
    ASSERT_EQ(made.clusters.size(), 1U);
    const cluster_settings& c = made.clusters[0];
    EXPECT_EQ(c.name, "main");
    ASSERT_EQ(c.nodes.size(), 2U);
    EXPECT_EQ(c.nodes[0].conninfo, "host=a port=1");
    EXPECT_EQ(c.nodes[0].address, (cluster::node_address{"a:1", "a", 1, "", 1}));
    EXPECT_EQ(c.nodes[1].address, (cluster::node_address{"second", "b", 2, "", 3}));
    EXPECT_EQ(c.probe_user, "u");
    EXPECT_EQ(c.probe_password, "p");
    EXPECT_EQ(c.probe_database, "d");
    EXPECT_EQ(c.probe_interval, milliseconds(50));
    EXPECT_EQ(c.probe_timeout, milliseconds(2000));
}

TEST(Load, NodesWithoutANameGetTheirAddress) {
    world w;
    const config made =
        good(w.load(trust + "[cluster.main]\nnodes = [\"host=::1 port=1\", \"host=/tmp\"]"));
    EXPECT_EQ(made.clusters[0].nodes[0].address.name, "[::1]:1");
    EXPECT_EQ(made.clusters[0].nodes[1].address.name, "/tmp:5432");
}

TEST(Load, DatabasesAndTheirClusters) {
    world w;
    const config made = good(w.load(trust + cluster + R"([cluster.other]
nodes = ["host=o"]
[database."*"]
cluster = "main"
[database.shop]
cluster = "other"
dbname = "shop_v2"
[database."with space"]
cluster = "main"
)"));
    EXPECT_EQ(made.databases,
              (std::vector<database_settings>{
                  {"*", "", "main"}, {"shop", "shop_v2", "other"}, {"with space", "", "main"}}));
    EXPECT_EQ(good(w.load(trust + cluster + "[database.shop]\n")).databases,
              (std::vector<database_settings>{{"shop", "", "main"}}));
}

TEST(Load, EveryKeyOfPoolRoutingTlsAndLog) {
    world w;
    const config made = good(w.load(R"([pool]
mode = "transaction"
size = 5
idle_timeout_ms = "1min"
lifetime_ms = "2h"
wait_timeout_ms = 1500
[routing]
consistency = "bounded"
max_lag_bytes = "16MiB"
max_lag_ms = "3s"
causal_wait_ms = 20
audit_every = 100
transactions = "split"
split_consistency = "strong"
failover_wait_ms = "10s"
[tls.server]
mode = "require"
[log]
level = "debug"
format = "json"
)" + rest));
    EXPECT_EQ(made.pool, (pool_settings{pool_mode::transaction, 5, 0, 0, milliseconds(60000),
                                        milliseconds(7'200'000), milliseconds(1500)}));
    EXPECT_EQ(made.routing, (routing::policy_settings{.level = routing::consistency::bounded,
                                                      .max_lag_bytes = 16 << 20,
                                                      .max_lag_ms = 3000,
                                                      .causal_wait = milliseconds(20),
                                                      .audit_every = 100,
                                                      .transactions = routing::transaction_policy::split,
                                                      .level_in_split = routing::consistency::strong,
                                                      .failover_wait = milliseconds(10000)}));
    EXPECT_EQ(made.tls_server.mode, node_tls::require);
    EXPECT_EQ(made.log, (log_settings{"debug", log_format::json}));
}

TEST(Load, EveryKeyOfARule) {
    world w;
    const config made = good(w.load(R"(
[[rule]]
name = "no reports"
user = "u"
database = "d"
application_name = "a"
route = "reject"
message = "not today"
[[rule]]
consistency = "global"
)" + rest));
    ASSERT_EQ(made.rules.size(), 2U);
    EXPECT_EQ(
        made.rules[0],
        (routing::rule{"no reports", "u", "d", "a", routing::rule_route::reject, {}, "not today"}));
    EXPECT_EQ(made.rules[1], (routing::rule{"rule-2", "", "", "", routing::rule_route::unsaid,
                                            routing::consistency::global, ""}));
}

TEST(Load, VariablesOfTheEnvironment) {
    world w;
    w.variables = {
        {"HOST", "db7"}, {"SECRET", "p$w"}, {"N", "7"}, {"WAIT", "3s"}, {"MODE", "trust"}};
    const config made = good(w.load(R"([server]
workers = "${N}"
[pool]
wait_timeout_ms = "${WAIT}"
[auth]
method = "${MODE}"
[cluster.main]
nodes = ["host=${HOST}"]
probe_password = "${SECRET}"
)"));
    EXPECT_EQ(made.server.workers, 7U);
    EXPECT_EQ(made.pool.wait_timeout, milliseconds(3000));
    EXPECT_EQ(made.auth.method, auth::method::trust);
    EXPECT_EQ(made.clusters[0].nodes[0].address.host, "db7");
    EXPECT_EQ(made.clusters[0].probe_password, "p$w");
}

TEST(Load, AVariableThatIsMissingIsToldOnceWithItsPlace) {
    world w;
    w.variables = {{"WORD", "seven"}};
    EXPECT_EQ(bad(w.load("[server]\nlisten = [\"${A}\"]\nworkers = \"${WORD}\"\n[auth]\n"
                         "users_file = \"${B}\"\n[cluster.main]\nnodes = [\"${C}\"]\n")),
              "weir.toml:2:11: listen needs the environment variable A, which is not set\n"
              "weir.toml:3:11: workers must be a whole number, not \"seven\"\n"
              "weir.toml:5:14: users_file needs the environment variable B, which is not set\n"
              "weir.toml:7:10: nodes needs the environment variable C, which is not set\n");
}

TEST(Load, SecretsFromFiles) {
    world w;
    w.files["/etc/weir/pw.txt"] = "se cret\r\n";
    w.files["/run/secrets/pw"] = "other";
    EXPECT_EQ(good(w.load(rest + "probe_password_file = \"pw.txt\"")).clusters[0].probe_password,
              "se cret");
    EXPECT_EQ(
        good(w.load(rest + "probe_password_file = \"/run/secrets/pw\"")).clusters[0].probe_password,
        "other");
}

TEST(Load, SecretFilesThatAreNone) {
    world w;
    w.files["/etc/weir/empty"] = "\n";
    w.files["/etc/weir/two"] = "a\nb\n";
    EXPECT_EQ(bad(w.load(rest + "probe_password_file = \"no\"")),
              "weir.toml:6:23: probe_password_file: no cannot be read: no such file\n");
    EXPECT_EQ(bad(w.load(rest + "probe_password_file = \"empty\"")),
              "weir.toml:6:23: probe_password_file: empty is empty\n");
    EXPECT_EQ(bad(w.load(rest + "probe_password_file = \"two\"")),
              "weir.toml:6:23: probe_password_file: two holds more than one line\n");
    EXPECT_EQ(bad(w.load(rest + "probe_password_file = \"\"")),
              "weir.toml:6:23: probe_password_file names no file\n");
    w.files["/etc/weir/one"] = "a";
    const std::string both =
        "probe_password_file and probe_password are both set (keep one of them)\n";
    EXPECT_EQ(bad(w.load(rest + "probe_password = \"a\"\nprobe_password_file = \"one\"")),
              "weir.toml:7:1: " + both);
    EXPECT_EQ(
        bad(w.load(rest + "probe_password_file = \"one\"\nprobe_password = \"a\"")),
        "weir.toml:7:1: probe_password and probe_password_file are both set (keep one of them)\n");
}

TEST(Load, ATextWithAZeroByteIsRefused) {
    world w;
    EXPECT_EQ(bad(w.load(rest + "probe_user = \"a\\u0000b\"")),
              "weir.toml:6:14: probe_user holds a zero byte\n");
}

TEST(FromNodes, UsersOfTheirUris) {
    world w;
    const config made = good(from_nodes({"host=a user=ann password=x", "host=b"}, w.around()));
    EXPECT_EQ(made.auth.method, auth::method::scram_sha_256);
    EXPECT_EQ(made.auth.users, (std::map<std::string, std::string>{{"ann", "x"}}));
    EXPECT_EQ(made.auth.admin_users, std::vector<std::string>{"ann"});
    EXPECT_EQ(made.server.listen, (std::vector<listen_address>{{false, "127.0.0.1", 6432}}));
    ASSERT_EQ(made.clusters.size(), 1U);
    EXPECT_EQ(made.clusters[0].nodes.size(), 2U);
    EXPECT_EQ(made.clusters[0].probe_user, "ann");
    EXPECT_EQ(made.clusters[0].probe_password, "x");
    EXPECT_EQ(made.databases, (std::vector<database_settings>{{"*", "", "main"}}));
}

TEST(FromNodes, WithoutAPasswordAnybodyFromThisMachine) {
    world w;
    const config made = good(from_nodes({"host=a"}, w.around()));
    EXPECT_EQ(made.auth.method, auth::method::trust);
    EXPECT_EQ(made.server.listen, (std::vector<listen_address>{{false, "127.0.0.1", 6432}}));
    EXPECT_EQ(made.clusters[0].probe_user, "");
}

TEST(FromNodes, WhatIsWrongNamesTheNode) {
    world w;
    EXPECT_EQ(bad(from_nodes({"host=a", "nonsense", "host=a"}, w.around())),
              "--node:2: missing \"=\" in \"nonsense\"\n"
              "--node:3: the node a:5432 is named twice, first on line 1\n");
    EXPECT_EQ(bad(from_nodes({}, w.around())), "--node: no node is named\n");
}

}  // namespace
}  // namespace weir::config

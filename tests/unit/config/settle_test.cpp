// What takes more than one key, or a file, to judge.
#include <gtest/gtest.h>

#include "unit/config/world.hpp"

namespace weir::config {
namespace {

const std::string cluster = "[cluster.main]\nnodes = [\"host=127.0.0.1 port=5432\"]\n";
const std::string trust = "[auth]\nmethod = \"trust\"\n";
const std::string scram = "[auth]\nusers_file = \"users.txt\"\n";

std::string of(const std::string& text) {
    world w;
    return bad(w.load(text));
}

std::string warnings(world& w, const std::string& text) {
    std::string out = all_of(good(w.load(text)).warnings);
    for (const std::string folder = "/etc/weir/"; out.find(folder) != std::string::npos;) {
        out.erase(out.find(folder), folder.size());
    }
    return out;
}

TEST(Settle, AddressesToListenOn) {
    EXPECT_EQ(of("[server]\nlisten = []" + rest), "weir.toml:2:10: listen names no address\n");
    EXPECT_EQ(of("[server]\nlisten = [\"127.0.0.1:1\",\n  \"127.0.0.1:1\"]" + rest),
              "weir.toml:3:3: listen names 127.0.0.1:1 twice\n");
    EXPECT_EQ(of("[server]\nlisten = [\"localhost:1\", \"unix:/a\", \"unix:/a:1\"]" + rest),
              "weir.toml:2:37: listen names unix:/a:1 twice\n");
    EXPECT_EQ(of("[server]\nlisten = [\"127.0.0.1:1\"]\nhttp = \"127.0.0.1:1\"" + rest),
              "weir.toml:3:8: http and listen are both 127.0.0.1:1\n");
    EXPECT_EQ(of("[server]\nhttp = \"unix:/run\"" + rest),
              "weir.toml:2:8: http cannot be a Unix socket (write 127.0.0.1:9432)\n");
    EXPECT_EQ(of("[server]\nlisten = [\"*:6432\"]" + rest),
              "weir.toml:2:11: listen names no address: \"*:6432\" "
              "(write 0.0.0.0 for every IPv4 address, [::] for every address)\n");
}

TEST(Settle, ScramNeedsUsers) {
    const std::string needs =
        "method \"scram-sha-256\" needs users_file or query in [auth] "
        "(a file with lines of \"name\" \"secret\")\n";
    EXPECT_EQ(of(cluster), "weir.toml: " + needs);
    EXPECT_EQ(of(cluster + "[auth]\n"), "weir.toml:3:2: " + needs);
    EXPECT_EQ(of(scram + cluster),
              "weir.toml:2:14: users_file: users.txt cannot be read: no such file\n");
}

TEST(Settle, FaultsOfTheUsersFileComeAfterTheConfigurationsOwn) {
    world w;
    w.files["/etc/weir/users.txt"] = "\"ann\" \"x\"\nbob\n\"ann\" \"y\"\n";
    EXPECT_EQ(bad(w.load(scram + cluster + "probe_usr = 1")),
              "weir.toml:5:1: unknown key \"probe_usr\" in [cluster.main] "
              "(the nearest known one is \"probe_user\")\n"
              "users.txt:2:1: expected a name in double quotes (\"name\" \"secret\")\n"
              "users.txt:3:10: \"ann\" was already on line 1\n");
}

TEST(Settle, UsersAreReadForTrustToo) {
    world w;
    w.files["/etc/weir/users.txt"] = "\"ann\" \"x\"\n";
    EXPECT_EQ(good(w.load(scram + "method = \"trust\"\n" + cluster)).auth.users,
              (std::map<std::string, std::string>{{"ann", "x"}}));
}

TEST(Settle, WhatIsOnlyWorthAWarning) {
    world w;
    w.files["/etc/weir/users.txt"] = "\"ann\" \"md5" + std::string(32, '0') + "\"\n";
    w.readable_by_others.insert("/etc/weir/users.txt");
    EXPECT_EQ(warnings(w, scram + "admin_users = [\"bob\"]\n" + cluster),
              "weir.toml:2:14: other users may read users.txt (chmod 600 users.txt)\n"
              "weir.toml:3:15: admin_users names \"bob\", who is not in users_file\n"
              "users.txt:1: \"ann\" cannot log in: scram-sha-256 cannot check an md5 secret "
              "(make one with `weir scram-secret`)\n");
    w.files["/etc/weir/users.txt"] = "; nobody\n";
    w.readable_by_others.clear();
    EXPECT_EQ(warnings(w, scram + cluster), "users.txt: holds no user: nobody can log in\n");
    EXPECT_EQ(
        warnings(w, "[server]\nlisten = [\"0.0.0.0:6432\", \"127.0.0.1:6433\", \"unix:/a\"]\n" +
                        trust + cluster),
        "weir.toml:4:10: method \"trust\" lets in everybody who reaches 0.0.0.0:6432\n");
}

TEST(Settle, TlsNeedsACertificateAndAKey) {
    EXPECT_EQ(of("[tls.client]\nmode = \"allow\"" + rest),
              "weir.toml:2:8: mode needs cert in [tls.client]\n"
              "weir.toml:2:8: mode needs key in [tls.client]\n");
    world w;
    w.files["/etc/weir/c.pem"] = "-----BEGIN CERTIFICATE-----\n";
    w.files["/etc/weir/k.der"] = "\x30\x82";
    const std::string tls = "[tls.client]\nmode = \"require\"\ncert = \"c.pem\"\nkey = ";
    EXPECT_EQ(bad(w.load(tls + "\"k.der\"" + rest)),
              "weir.toml:4:7: key: k.der is not in PEM format\n");
    EXPECT_EQ(bad(w.load(tls + "\"no.pem\"" + rest)),
              "weir.toml:4:7: key: no.pem cannot be read: no such file\n");
    w.files["/etc/weir/k.pem"] = "-----BEGIN PRIVATE KEY-----\n";
    w.readable_by_others.insert("/etc/weir/k.pem");
    const config made = good(w.load(tls + "\"./k.pem\"" + rest));
    EXPECT_EQ(made.tls_client,
              (client_tls_settings{client_tls::require, "/etc/weir/c.pem", "/etc/weir/k.pem", ""}));
    EXPECT_EQ(warnings(w, tls + "\"k.pem\"" + rest),
              "weir.toml:4:7: other users may read k.pem (chmod 600 k.pem)\n");
}

TEST(Settle, ClustersMustHaveNodes) {
    EXPECT_EQ(of(trust),
              "weir.toml: there is no cluster "
              "(write [cluster.main] with nodes = [\"host=... port=...\"])\n");
    EXPECT_EQ(of(trust + "[cluster]"),
              "weir.toml: there is no cluster "
              "(write [cluster.main] with nodes = [\"host=... port=...\"])\n");
    EXPECT_EQ(of(trust + "[cluster.main]\n"), "weir.toml:3:10: [cluster.main] has no nodes\n");
    EXPECT_EQ(of(trust + "[cluster.main]\nnodes = []"), "weir.toml:4:9: nodes is empty\n");
    EXPECT_EQ(of(trust + "[cluster.main]\nnodes = [\" \"]"),
              "weir.toml:4:10: this connection string is empty (write \"host=... port=...\")\n");
    EXPECT_EQ(
        of(trust + "[cluster.main]\nnodes = [{ name = \"a\" }]"),
        "weir.toml:4:10: this node has no conninfo (write { conninfo = \"host=... port=...\" })\n");
    EXPECT_EQ(of(trust + "[cluster.main]\nnodes = [{ conninfo = \"host=a\", weigth = 3 }]"),
              "weir.toml:4:33: unknown key \"weigth\" in an element of nodes "
              "(the nearest known one is \"weight\")\n");
}

TEST(Settle, ANodeIsInOneClusterOnce) {
    EXPECT_EQ(of(trust + "[cluster.a]\nnodes = [\"host=x\",\n\"host=x port=5432\"]"),
              "weir.toml:5:1: the node x:5432 is named twice, first on line 4\n");
    EXPECT_EQ(of(trust + "[cluster.a]\nnodes = [\"host=x\"]\n[cluster.b]\nnodes = [\"host=x\"]\n"
                         "[database.d]\ncluster = \"a\""),
              "weir.toml:6:10: the node x:5432 is named twice, first on line 4\n");
    EXPECT_EQ(of(trust + "[cluster.a]\nnodes = [{ conninfo = \"host=x\", name = \"n\" },\n"
                         "{ conninfo = \"host=y\", name = \"n\" }]"),
              "weir.toml:5:1: two nodes have the name \"n\", the first on line 4\n");
}

TEST(Settle, DatabasesFindTheirCluster) {
    const std::string two =
        trust + "[cluster.a]\nnodes = [\"host=x\"]\n[cluster.b]\nnodes = [\"host=y\"]\n";
    EXPECT_EQ(of(two),
              "weir.toml: there are several clusters, and no database says which is its own "
              "(write [database.NAME] with cluster = \"...\")\n");
    EXPECT_EQ(of(two + "[database.d]\n"),
              "weir.toml:7:11: [database.\"d\"] does not say its cluster, and there are several\n");
    EXPECT_EQ(of(trust + cluster + "[database.d]\ncluster = \"Main\""),
              "weir.toml:6:11: there is no [cluster.Main] (the nearest known one is \"main\")\n");
    EXPECT_EQ(of(trust + cluster + "[database.\"\"]\n"),
              "weir.toml:5:11: a database cannot have an empty name\n");
    EXPECT_EQ(
        of(trust + cluster + "[database.pgbouncer]\n"),
        "weir.toml:5:11: [database.\"pgbouncer\"] cannot be reached: the console has this name "
        "(give it another name, with dbname = \"pgbouncer\")\n");
}

TEST(Settle, RulesMustDoSomething) {
    EXPECT_EQ(of("[[rule]]\nuser = \"u\"" + rest),
              "weir.toml:1:1: rule \"rule-1\" does nothing (give it a route or a consistency)\n");
    EXPECT_EQ(
        of("[[rule]]\nroute = \"nowhere\"" + rest),
        "weir.toml:2:9: route cannot be \"nowhere\"; known: \"primary\", \"replicas\", "
        "\"group:NAME\", \"reject\" (the nearest known one is \"primary\")\n");
    EXPECT_EQ(of("[[rule]]\nroute = \"primary\"\nmessage = \"no\"" + rest),
              "weir.toml:3:11: message is only said with route = \"reject\"\n");
    EXPECT_EQ(of("[[rule]]\nname = \"a\"\nuser = \"u\"\nroute = \"primary\"\n"
                 "[[rule]]\nname = \"a\"\nroute = \"primary\"" +
                 rest),
              "weir.toml:5:1: two rules have the name \"a\"\n");
}

TEST(Settle, RulesThatCannotMatterAreWarnedOf) {
    world w;
    EXPECT_EQ(
        warnings(w,
                 "[[rule]]\nuser = \"u\"\nroute = \"primary\"\n"
                 "[[rule]]\nuser = \"u\"\ndatabase = \"d\"\nroute = \"replicas\"\n"
                 "[[rule]]\nroute = \"primary\"\nconsistency = \"strong\"" +
                     rest),
        "weir.toml:4:1: rule \"rule-2\" never matches: \"rule-1\" comes first and matches all that "
        "it would\n"
        "weir.toml:10:15: consistency changes nothing in rule \"rule-3\", which sends no read to a "
        "replica\n");
}

TEST(Settle, EndpointsOfPatroni) {
    world w;
    const auto made = good(w.load(
        trust + "[cluster.main]\npatroni = [\"http://db1:8009/\", \"http://10.0.0.2\", \"http://[::1]\"]\n"));
    const auto& c = made.clusters.at(0);
    EXPECT_TRUE(c.nodes.empty()) << "they are found";
    ASSERT_EQ(c.patroni.size(), 3u);
    EXPECT_EQ(c.patroni[0], (listen_address{false, "db1", 8009}));
    EXPECT_EQ(c.patroni[1], (listen_address{false, "10.0.0.2", 8008}));
    EXPECT_EQ(c.patroni[2], (listen_address{false, "::1", 8008}));
    EXPECT_EQ(of(trust + "[cluster.main]\npatroni = [\"https://db1\"]\n"),
              "weir.toml:4:12: patroni \"https://db1\" is no address that begins with http:// "
              "(write \"http://host:8008\")\n");
    EXPECT_EQ(of(trust + "[cluster.main]\npatroni = [\"http://a/b\"]\n"),
              "weir.toml:4:12: patroni \"http://a/b\" is no host with a port (write \"http://host:8008\")\n");
    EXPECT_EQ(of(trust + "[cluster.main]\npatroni = []\n"), "weir.toml:3:10: [cluster.main] has no nodes\n");
}

}  // namespace
}  // namespace weir::config

// [[rule]]: what is read, what is refused, and what is warned of.
#include <gtest/gtest.h>

#include "unit/config/world.hpp"

namespace weir::config {
namespace {

const std::string grouped = R"(
[auth]
method = "trust"
[cluster.main]
nodes = [{ conninfo = "host=a", group = "reports" }, { conninfo = "host=b", group = "web" }]
)";

std::string of(const std::string& rules, const std::string& behind = rest) {
    world w;
    return bad(w.load(rules + behind));
}

std::string warnings(const std::string& rules, const std::string& behind = rest) {
    world w;
    std::string text = all_of(good(w.load(rules + behind)).warnings);
    for (const std::string folder = "/etc/weir/"; text.find(folder) != std::string::npos;)
        text.erase(text.find(folder), folder.size());
    return text;
}

TEST(Rules, EveryMatcherAndEveryActionIsRead) {
    world w;
    const config made = good(w.load(R"([[rule]]
name = "all"
user = "u"
database = "d"
application_name = "a"
client = "10.0.0.0/8"
digest = "00112233445566778899aabbccddeeff"
regex = "^select"
table = "s.t"
hint = "replica"
in_transaction = false
route = "group:reports"
consistency = "bounded"
max_lag_ms = "2s"
max_lag_bytes = "1MiB"
timeout_ms = 1500
rate_limit = "10/s"
rate_burst = 20
rate_per = "digest"
log = true
shadow = true
enabled = false
comment = "why"
)" + grouped));
    routing::rule r;
    r.name = "all";
    r.user = "u";
    r.database = "d";
    r.application_name = "a";
    r.client = "10.0.0.0/8";
    r.digest = "00112233445566778899aabbccddeeff";
    r.regex = "^select";
    r.table = "s.t";
    r.hint = query::hint::replica;
    r.in_transaction = false;
    r.route = routing::rule_route::replicas;
    r.group = "reports";
    r.level = routing::consistency::bounded;
    r.max_lag_ms = 2000;
    r.max_lag_bytes = 1 << 20;
    r.timeout = milliseconds(1500);
    r.rate = routing::rate_limit{10, milliseconds(1000), 20, routing::rate_scope::digest};
    r.log = r.shadow = true;
    r.enabled = false;
    r.comment = "why";
    ASSERT_EQ(made.rules.size(), 1U);
    EXPECT_EQ(made.rules[0], r);
    EXPECT_EQ(made.clusters[0].nodes[0].address.group, "reports");
}

TEST(Rules, WhatCannotBeReadIsRefusedWithItsPlace) {
    const std::string route = "[[rule]]\nroute = \"primary\"\n";
    EXPECT_EQ(of(route + "digest = \"12\""),
              "weir.toml:3:10: digest must be 32 hexadecimal digits "
              "(SHOW DIGESTS and weir route tell them)\n");
    EXPECT_EQ(of(route + "regex = \"(a\""), "weir.toml:3:9: regex cannot be read: missing ): (a\n");
    EXPECT_EQ(of(route + "client = \"10.0.0.1/8\""),
              "weir.toml:3:10: client cannot be \"10.0.0.1/8\" (write a network as 10.0.0.0/8, "
              "without bits behind its mask, an address or unix)\n");
    EXPECT_EQ(of(route + "rate_limit = \"5\""),
              "weir.toml:3:14: rate_limit cannot be \"5\" "
              "(write a number and a time: 100/s, 30/min or 5/h)\n");
    EXPECT_EQ(of(route + "rate_burst = 5"), "weir.toml:3:14: rate_burst needs rate_limit\n");
    EXPECT_EQ(of(route + "in_transaction = \"yes\""),
              "weir.toml:3:18: in_transaction must be true or false, not a string\n");
    EXPECT_EQ(of("[[rule]]\nroute = \"group:report\"", grouped),
              "weir.toml:2:9: no node is in the group \"report\" "
              "(the nearest known one is \"reports\")\n");
    EXPECT_EQ(of("[[rule]]\nroute = \"group:\""),
              "weir.toml:2:9: route cannot be \"group:\"; known: \"primary\", \"replicas\", "
              "\"group:NAME\", \"reject\" (the nearest known one is \"group:NAME\")\n");
}

TEST(Rules, AnActionAloneIsEnough) {
    for (const auto* action : {"route = \"primary\"", "consistency = \"eventual\"", "max_lag_ms = 5",
                               "max_lag_bytes = 5", "timeout_ms = 5", "rate_limit = \"5/s\"", "log = true"})
        EXPECT_EQ(of(std::string("[[rule]]\n") + action), "") << action;
    EXPECT_EQ(of("[[rule]]\nshadow = true"),
              "weir.toml:1:1: rule \"rule-1\" does nothing (give it a route or a consistency)\n");
}

std::string pair(const std::string& first, const std::string& second) {
    return "[[rule]]\nname = \"a\"\nroute = \"primary\"\n" + first + "\n[[rule]]\nname = \"b\"\nroute = \"replicas\"\n" +
           second;
}

TEST(Rules, OneThatIsHiddenIsWarnedOf) {
    const std::string hidden =
        "weir.toml:5:1: rule \"b\" never matches: \"a\" comes first and matches all that it would\n";
    EXPECT_EQ(warnings(pair("", "user = \"u\"")), hidden);
    EXPECT_EQ(warnings(pair("client = \"10.0.0.0/8\"", "client = \"10.1.0.0/16\"")), hidden);
    EXPECT_EQ(warnings(pair("table = \"t\"", "table = \"s.t\"")), hidden);
    EXPECT_EQ(warnings(pair("in_transaction = true", "in_transaction = true")), hidden);
    EXPECT_EQ(warnings(pair("regex = \"^a\"", "regex = \"^a\"")), hidden);
    EXPECT_EQ(warnings(pair("client = \"10.1.0.0/16\"", "client = \"10.0.0.0/8\"")), "");
    EXPECT_EQ(warnings(pair("table = \"s.t\"", "table = \"t\"")), "");
    EXPECT_EQ(warnings(pair("user = \"u\"", "")), "");
    EXPECT_EQ(warnings(pair("in_transaction = true", "in_transaction = false")), "");
    EXPECT_EQ(warnings(pair("shadow = true", "user = \"u\"")), "");
    EXPECT_EQ(warnings(pair("enabled = false", "user = \"u\"")), "");
    EXPECT_EQ(warnings(pair("", "enabled = false")), "");
}

std::string one(const std::string& matcher, const std::string& route = "primary") {
    return "[[rule]]\nname = \"a\"\nroute = \"" + route + "\"\n" + matcher;
}

TEST(Rules, OneThatCanNeverMatchIsWarnedOf) {
    EXPECT_EQ(warnings(one("database = \"weir\"")),
              "weir.toml:4:12: rule \"a\" never matches: \"weir\" is the console\n");
    EXPECT_EQ(warnings(one("database = \"d\""), rest + "[database.other]\n"),
              "weir.toml:4:12: rule \"a\" never matches: there is no [database.d], nor one for \"*\"\n");
    EXPECT_EQ(warnings(one("client = \"unix\"")),
              "weir.toml:4:10: rule \"a\" never matches: Weir listens on no address that such clients "
              "could come by\n");
    EXPECT_EQ(warnings(one("regex = \"name = 'x'\"")),
              "weir.toml:4:9: rule \"a\" never matches: the text of a digest holds no literals; they "
              "are told as ?\n");
    EXPECT_EQ(warnings(one("table = \"Orders\"")),
              "weir.toml:4:9: rule \"a\" never matches: tables are compared in lower case\n");
    world w;
    w.files["/etc/weir/users.txt"] = "\"ann\" \"x\"\n";
    const auto made = good(w.load(one("user = \"bob\"") + R"(
[auth]
users_file = "users.txt"
[cluster.main]
nodes = ["host=a"]
)"));
    ASSERT_EQ(made.warnings.size(), 1U);
    EXPECT_EQ(made.warnings[0].message,
              "rule \"a\" never matches: \"bob\" is not in users_file and cannot log in");
}

TEST(Rules, WritesOnReplicasAreWarnedOf) {
    const std::string warned = "weir.toml:3:9: rule \"a\" tries to send writes to a replica: they go to "
                               "the primary whatever it says\n";
    for (const auto* regex : {"^insert", "^(insert|update) ", "^(?:delete|truncate)\\\\b", "(?i)^update"})
        EXPECT_EQ(warnings(one("regex = \"" + std::string(regex) + "\"", "replicas")), warned) << regex;
    for (const auto* regex : {"^select", "insert", "^(insert|select)", "^insert|select", "^inserted",
                              "^(insert) |select"})
        EXPECT_EQ(warnings(one("regex = \"" + std::string(regex) + "\"", "replicas")), "") << regex;
    EXPECT_EQ(warnings(one("regex = \"^insert\"")), "");
    EXPECT_EQ(warnings(one("hint = \"primary\"", "replicas")),
              "weir.toml:3:9: rule \"a\" tries to send what asks for the primary to a replica: the hint "
              "goes before it\n");
}

}  // namespace
}  // namespace weir::config

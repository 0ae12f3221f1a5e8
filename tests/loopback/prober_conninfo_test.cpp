#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/conninfo.hpp"
#include "net/name_lookup.hpp"

namespace {

using namespace weir;
using namespace weir::net;
using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

config::node_settings node(const std::string& conninfo) {
    auto outcome = parse_node(conninfo);
    if (auto* trouble = std::get_if<std::string>(&outcome)) ADD_FAILURE() << *trouble;
    return std::get<config::node_settings>(outcome);
}

std::string refused(const std::string& conninfo) {
    auto outcome = parse_node(conninfo);
    auto* trouble = std::get_if<std::string>(&outcome);
    return trouble ? *trouble : "accepted: " + conninfo;
}

const probe_login login{"weir", "secret", "postgres", {}, milliseconds(1000)};

TEST(conninfo, keywords_and_uris) {
    EXPECT_EQ(node("host=10.0.0.1 port=5433").address.host, "10.0.0.1");
    EXPECT_EQ(node("host=10.0.0.1 port=5433").address.port, 5433);
    EXPECT_EQ(node("host=10.0.0.1 port=5433").address.name, "10.0.0.1:5433");
    EXPECT_EQ(node("postgresql://db1.example:5433/").address.name, "db1.example:5433");
    EXPECT_EQ(node("postgres://db1").address.port, 5432);
    EXPECT_EQ(node("host=/run/pg").address.host, "/run/pg");
    EXPECT_EQ(node("postgres://%2Frun%2Fpg:7000").address.host, "/run/pg");
    EXPECT_EQ(node("host=::1").address.name, "[::1]:5432");
    EXPECT_EQ(node("postgres://[::1]:6000").address.host, "::1");
    EXPECT_EQ(node("host=db1 hostaddr=10.0.0.1").address.host, "10.0.0.1");
    EXPECT_EQ(node("host=db1 hostaddr=10.0.0.1").address.name, "db1:5432");
    EXPECT_EQ(node("hostaddr=10.0.0.1").address.host, "10.0.0.1");
    EXPECT_EQ(node("host=db1").conninfo, "host=db1");
}

TEST(conninfo, one_node_is_one_server) {
    EXPECT_THAT(refused("host=a,b"), HasSubstr("several servers"));
    EXPECT_THAT(refused("postgres://a,b/"), HasSubstr("several servers"));
    EXPECT_THAT(refused("host=a hostaddr=1.1.1.1,2.2.2.2"), HasSubstr("several servers"));
    EXPECT_THAT(refused("host=a port=1,2"), HasSubstr("several servers"));
}

TEST(conninfo, refuses_by_name_what_it_would_not_honour) {
    for (std::string keyword : {"service", "target_session_attrs", "options", "application_name",
                                "gssencmode", "channel_binding", "sslrootcert", "replication"})
        EXPECT_THAT(refused("host=a " + keyword + "=any"),
                    HasSubstr(keyword + " is not supported"));
    EXPECT_THAT(refused("host=a sslmode=allow"), HasSubstr("sslmode allow"));
    EXPECT_THAT(refused("host=a colour=red"), HasSubstr("colour")) << "libpq's own words";
}

TEST(conninfo, refuses_what_names_no_server) {
    EXPECT_EQ(refused("port=5432"), "host is missing");
    EXPECT_EQ(refused(""), "host is missing");
    EXPECT_THAT(refused("host=@abstract"), HasSubstr("abstract"));
    for (std::string port : {"0", "65536", "-1", "54x", "5432x"})
        EXPECT_THAT(refused("host=a port=" + port), HasSubstr("1 to 65535"));
    EXPECT_THAT(refused("localhost:5432"), HasSubstr("\"=\""));
    EXPECT_THAT(refused("postgres://["), Not(HasSubstr("accepted")));
    EXPECT_THAT(refused(std::string("host=a\0b", 8)), HasSubstr("NUL"));
}

TEST(conninfo, the_probe_verifies_a_node_as_clients_connections_do) {
    probe_login verifies = login;
    verifies.tls = {config::node_tls::verify_full, "ca.pem", "weir.pem", "weir.key"};
    const auto value = [&](const std::string& conninfo, const std::string& keyword) {
        for (const auto& [name, said] : make_probe_parameters(node(conninfo), verifies, {}))
            if (name == keyword) return said;
        return std::string();
    };
    EXPECT_EQ(value("host=a", "sslmode"), "verify-full");
    EXPECT_EQ(value("host=a", "sslrootcert"), "ca.pem");
    EXPECT_EQ(value("host=a", "sslcert"), "weir.pem");
    EXPECT_EQ(value("host=a", "sslkey"), "weir.key");
    EXPECT_EQ(value("host=a sslmode=require", "sslrootcert"), "") << "libpq would verify by it";
    EXPECT_EQ(node("host=a hostaddr=10.0.0.1").tls_name, "a");
}

TEST(conninfo, the_probe_logs_in_as_configured) {
    auto p = make_probe_parameters(node("host=10.0.0.1 port=6000"), login, {});
    EXPECT_THAT(p, Contains(Pair("hostaddr", "10.0.0.1")));
    EXPECT_THAT(p, Contains(Pair("port", "6000")));
    EXPECT_THAT(p, Contains(Pair("user", "weir")));
    EXPECT_THAT(p, Contains(Pair("password", "secret")));
    EXPECT_THAT(p, Contains(Pair("dbname", "postgres")));
    EXPECT_THAT(p, Contains(Pair("sslmode", "prefer")));
    EXPECT_THAT(p, Contains(Pair("application_name", "weir-probe")));
    EXPECT_THAT(p, Contains(Pair("target_session_attrs", "any")));
}

TEST(conninfo, what_the_node_says_goes_first) {
    auto p = make_probe_parameters(
        node("postgres://ann:hers@10.0.0.1/app?sslmode=require&connect_timeout=7"), login, {});
    EXPECT_THAT(p, Contains(Pair("user", "ann")));
    EXPECT_THAT(p, Contains(Pair("password", "hers")));
    EXPECT_THAT(p, Contains(Pair("dbname", "app")));
    EXPECT_THAT(p, Contains(Pair("sslmode", "require")));
    EXPECT_THAT(p, Contains(Pair("connect_timeout", "7")));
    EXPECT_EQ(tls_of(node("host=a sslmode=disable"), config::node_tls::require),
              config::node_tls::disable);
    EXPECT_EQ(tls_of(node("host=a"), config::node_tls::require), config::node_tls::require);
}

TEST(conninfo, addresses_of_a_name_are_given_so_that_libpq_looks_nothing_up) {
    auto p = make_probe_parameters(node("host=db1 port=6000"), login, {"10.0.0.1", "::1"});
    EXPECT_THAT(p, Contains(Pair("host", "db1,db1")));
    EXPECT_THAT(p, Contains(Pair("hostaddr", "10.0.0.1,::1")));
    EXPECT_THAT(p, Contains(Pair("port", "6000")));
    EXPECT_THAT(make_probe_parameters(node("host=/run/pg"), login, {}),
                Not(Contains(Key("hostaddr"))));
}

TEST(conninfo, knows_addresses_from_names) {
    for (const char* host : {"127.0.0.1", "::1", "fe80::1%eth0", "/run/pg"})
        EXPECT_TRUE(is_numeric_host(host)) << host;
    for (const char* host : {"localhost", "db1", "127.0.0.1.example", "1.2.3"})
        EXPECT_FALSE(is_numeric_host(host)) << host;
}

TEST(conninfo, says_when_a_silent_host_is_given_up) {
    EXPECT_EQ(node("host=a").tcp, config::tcp_settings{});
    const auto said = node("host=a keepalives_idle=30 keepalives_interval=0 keepalives_count=-1 tcp_user_timeout=9000").tcp;
    EXPECT_TRUE(said.keepalives);
    EXPECT_EQ(said.idle_seconds, 30u);
    EXPECT_EQ(said.interval_seconds, 0u) << "the system's";
    EXPECT_EQ(said.count, 0u);
    EXPECT_EQ(said.user_timeout_ms, 9000u);
    EXPECT_FALSE(node("host=a keepalives=0").tcp.keepalives);
    EXPECT_THAT(refused("host=a keepalives_idle=soon"), HasSubstr("keepalives_idle soon is not a whole number"));
    EXPECT_THAT(refused("host=a tcp_user_timeout=99999999999"), HasSubstr("not a whole number"));
    const auto probe = make_probe_parameters(node("host=10.0.0.1 keepalives_count=9"), login, {});
    EXPECT_THAT(probe, Contains(Pair("keepalives_idle", "5")));
    EXPECT_THAT(probe, Contains(Pair("keepalives_interval", "2")));
    EXPECT_THAT(probe, Contains(Pair("keepalives_count", "9")));
}

}  // namespace

// peer_id and peers of [server].
#include <gtest/gtest.h>

#include "unit/config/world.hpp"

namespace weir::config {
namespace {

std::string of(const std::string& keys) {
    world w;
    return bad(w.load("[server]\n" + keys + rest));
}

std::vector<peer_settings> peers(const std::string& value) {
    world w;
    w.variables["OTHER"] = "other.example";
    return good(w.load("[server]\npeer_id = 2\npeers = " + value + rest)).server.peers;
}

TEST(Peers, AddressesOfEveryKind) {
    EXPECT_EQ(peers("{}"), std::vector<peer_settings>());
    EXPECT_EQ(peers(R"({ 3 = "10.0.0.3:6432", 1 = "weir-1.example:7000", 511 = "[::1]:5" })"),
              (std::vector<peer_settings>{{1, {false, "weir-1.example", 7000}},
                                          {3, {false, "10.0.0.3", 6432}},
                                          {511, {false, "::1", 5}}}));
    EXPECT_EQ(peers(R"({ 1 = "unix:/run/a", 2 = "unix:/run/b:7000", 3 = "unix:/c/.s.PGSQL.7001" })"),
              (std::vector<peer_settings>{{1, {true, "/run/a", 6432}},
                                          {2, {true, "/run/b", 7000}},
                                          {3, {true, "/c", 7001}}}));
    EXPECT_EQ(peers(R"({ 1 = "${OTHER}:1" })").at(0).address.host, "other.example");
}

TEST(Peers, ASectionOfItsOwnIsTheSameTable) {
    world w;
    const auto made = good(w.load("[server]\npeer_id = 1\n[server.peers]\n2 = \"a:1\"\n" + rest));
    EXPECT_EQ(made.server.peers, (std::vector<peer_settings>{{2, {false, "a", 1}}}));
    EXPECT_EQ(made.server.peer_id, 1u);
}

TEST(Peers, ANumberWithoutPeersIsFine) {
    world w;
    EXPECT_EQ(good(w.load("[server]\npeer_id = 511" + rest)).server.peer_id, 511u);
    EXPECT_EQ(good(w.load("[server]\npeer_id = 0\npeers = {}" + rest)).server.peer_id, 0u);
}

TEST(Peers, NumbersHaveARange) {
    EXPECT_EQ(of("peer_id = 512"), "weir.toml:2:11: peer_id must be from 0 to 511, not 512\n");
    EXPECT_EQ(of("peer_id = -1"), "weir.toml:2:11: peer_id must be from 0 to 511, not -1\n");
    const std::string range = ": a peer's number is from 1 to 511 (the peer_id of that Weir)\n";
    for (const std::string id : {"0", "512", "-1", "01", "one"}) {
        EXPECT_EQ(of("peer_id = 1\npeers = { " + id + " = \"a:1\" }"),
                  "weir.toml:3:11: peers." + id + range);
    }
}

TEST(Peers, AddressesThatCannotBe) {
    const auto complaint = [](const std::string& address) {
        return of("peer_id = 1\npeers = { 2 = \"" + address + "\" }");
    };
    for (const std::string address : {"a", ":1", "a:0", "a:70000", "a:x", "a b:1", "::1:1", "[x]:1"}) {
        EXPECT_EQ(complaint(address), "weir.toml:3:15: peers.2 is no host with a port: \"" + address +
                                          "\" (write host:6432, [::1]:6432 or unix:/run/weir)\n");
    }
    EXPECT_EQ(complaint("unix:run"),
              "weir.toml:3:15: peers.2 needs the absolute path of a directory after \"unix:\"\n");
    EXPECT_EQ(of("peer_id = 1\npeers = { 2 = 5 }"),
              "weir.toml:3:15: peers.2 must be a string, not a whole number\n");
    EXPECT_EQ(of("peer_id = 1\npeers = [\"a:1\"]"),
              "weir.toml:3:9: peers must be a table as { 1 = \"host:port\" }, not a list\n");
}

TEST(Peers, NeedANumberOfTheirOwn) {
    EXPECT_EQ(of("peers = { 2 = \"a:1\" }"),
              "weir.toml:2:9: peers needs peer_id "
              "(this Weir's own number, other than that of every other Weir)\n");
}

TEST(Peers, NoTwoAreAtOneAddress) {
    EXPECT_EQ(of("peer_id = 1\npeers = { 2 = \"a:1\", 3 = \"a:1\" }"),
              "weir.toml:3:26: peers 2 and 3 are both at a:1\n");
}

}  // namespace
}  // namespace weir::config

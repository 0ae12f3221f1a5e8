// What Patroni answers to GET /cluster, as its versions do.
#include "net/http/patroni_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace weir::net;
using testing::HasSubstr;
using members = std::vector<weir::cluster::member>;

members read(std::string_view body) {
    auto outcome = read_patroni(body);
    if (auto* wrong = std::get_if<std::string>(&outcome)) ADD_FAILURE() << *wrong;
    return std::get<members>(outcome);
}

std::string refused(std::string_view body) {
    auto outcome = read_patroni(body);
    auto* wrong = std::get_if<std::string>(&outcome);
    return wrong ? *wrong : "accepted";
}

TEST(patroni_answer, of_version_2_1) {
    const auto found = read(R"({"members": [
        {"name": "pg1", "role": "leader", "state": "running", "api_url": "http://10.0.0.1:8008/patroni",
         "host": "10.0.0.1", "port": 5432, "timeline": 4},
        {"name": "pg2", "role": "replica", "state": "running", "api_url": "http://10.0.0.2:8008/patroni",
         "host": "10.0.0.2", "port": 5433, "timeline": 4, "lag": 0}]})");
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0], (weir::cluster::member{"pg1", "10.0.0.1", 5432, "leader", "running", 4}));
    EXPECT_TRUE(found[0].leads());
    EXPECT_EQ(found[1].port, 5433);
    EXPECT_FALSE(found[1].leads());
}

TEST(patroni_answer, of_version_3_with_a_pause_tags_a_planned_switchover_and_an_unknown_lag) {
    const auto found = read(R"({"members": [
        {"name": "a", "role": "sync_standby", "state": "streaming", "api_url": "http://a:8008/patroni",
         "host": "fd00::1", "port": 5432, "timeline": 12, "lag": 0, "tags": {"nofailover": true}},
        {"name": "b", "role": "leader", "state": "running", "api_url": "http://b:8008/patroni",
         "host": "b.example", "port": 5432, "timeline": 12},
        {"name": "c", "role": "replica", "state": "start failed", "api_url": "http://c:8008/patroni",
         "host": "c.example", "port": 5432, "lag": "unknown"}],
        "scope": "batman", "pause": true,
        "scheduled_switchover": {"at": "2026-01-01T00:00:00+00:00", "from": "b", "to": "a"}})");
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0].host, "fd00::1");
    EXPECT_EQ(found[0].state, "streaming");
    EXPECT_EQ(found[2].timeline, 0u);
}

TEST(patroni_answer, of_a_member_that_has_no_address_yet) {
    const auto found = read(R"({"members": [{"name": "a", "role": "replica", "state": "creating replica",
        "host": null, "port": "null", "timeline": -1, "lag": "unknown"}]})");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_FALSE(found[0].has_address());
    EXPECT_EQ(found[0].timeline, 0u);
}

TEST(patroni_answer, that_is_none_is_refused_with_a_reason) {
    EXPECT_THAT(refused(""), HasSubstr("no JSON"));
    EXPECT_THAT(refused("<html>"), HasSubstr("no JSON"));
    EXPECT_THAT(refused(std::string(100'000, '[')), HasSubstr("no JSON")) << "nested too deep";
    EXPECT_THAT(refused("[]"), HasSubstr("no list of members"));
    EXPECT_THAT(refused(R"({"members": 3})"), HasSubstr("no list of members"));
    EXPECT_THAT(refused(R"({"members": []})"), HasSubstr("knows no members"));
    EXPECT_THAT(refused(R"({"members": [1, {}, {"name": 7}]})"), HasSubstr("knows no members"));
}

TEST(patroni_answer, passes_over_ports_that_are_none) {
    const auto found = read(R"({"members": [{"name": "a", "host": "h", "port": 70000}]})");
    EXPECT_EQ(found.at(0).port, 0);
}

}  // namespace

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cluster/probes.hpp"

namespace {

using namespace weir::cluster;
using namespace weir::cluster::test;
using testing::HasSubstr;

health_settings slow_to_change() {
    health_settings s;
    s.fall = 3;
    s.rise = 2;
    return s;
}

TEST(health_up, nothing_is_known_before_the_first_probe) {
    story s(2);
    auto seen = s.look();
    ASSERT_EQ(seen->nodes.size(), 2u);
    EXPECT_FALSE(seen->primary);
    EXPECT_EQ(seen->nodes[1].is, role::unknown);
    EXPECT_FALSE(seen->nodes[1].up);
    EXPECT_EQ(seen->nodes[1].trouble, "not probed yet");
    EXPECT_EQ(seen->nodes[1].id, id(1));
    EXPECT_EQ(seen->nodes[1].address.name, "b");
}

TEST(health_up, an_answer_brings_a_node_up_with_all_it_said) {
    story s(2);
    s.at(5).primary(0, 0x100).replica(1, 0x90);
    auto b = s.look(1);
    EXPECT_TRUE(b.up);
    EXPECT_EQ(b.is, role::replica);
    EXPECT_EQ(b.known, (position{7, 1, weir::lsn{0x90}}));
    EXPECT_EQ(b.probed, at_ms(5));
    EXPECT_EQ(b.started_at_us, 1001);
    EXPECT_EQ(b.server_version, 150000);
    EXPECT_EQ(b.trouble, "");
    EXPECT_EQ(s.who_is_primary(), "a");
}

TEST(health_up, one_failed_probe_is_forgiven_two_are_not) {
    story s(2);
    s.primary(0, 1).replica(1, 1).at(100).fails(1);
    EXPECT_TRUE(s.look(1).up);
    s.at(200).fails(1, "timeout");
    EXPECT_FALSE(s.look(1).up);
    EXPECT_EQ(s.look(1).trouble, "timeout");
    EXPECT_EQ(s.look(1).is, role::replica) << "the last known role stays";
    EXPECT_TRUE(s.look(0).up);
}

TEST(health_up, a_success_between_failures_starts_the_count_anew) {
    story s(1, slow_to_change());
    s.primary(0, 1).primary(0, 1).fails(0).fails(0).primary(0, 1).fails(0).fails(0);
    EXPECT_TRUE(s.look(0).up);
    s.fails(0);
    EXPECT_FALSE(s.look(0).up);
}

TEST(health_up, coming_back_takes_as_many_answers_as_rise) {
    story s(1, slow_to_change());
    s.primary(0, 1);
    EXPECT_FALSE(s.look(0).up);
    EXPECT_THAT(s.look(0).trouble, HasSubstr("2 answers in a row"));
    s.primary(0, 1);
    EXPECT_TRUE(s.look(0).up);
    s.fails(0).fails(0).fails(0).primary(0, 1).fails(0).primary(0, 1);
    EXPECT_FALSE(s.look(0).up) << "the failure between the answers counts";
    s.primary(0, 1);
    EXPECT_TRUE(s.look(0).up);
}

TEST(health_up, a_node_that_never_answered_says_why_from_its_first_failure) {
    story s(1);
    s.fails(0, "connection refused");
    EXPECT_EQ(s.look(0).trouble, "connection refused");
    s.fails(0, "");
    EXPECT_EQ(s.look(0).trouble, "does not answer");
}

TEST(health_up, silence_is_no_answer) {
    story s(2);
    s.primary(0, 1).replica(1, 1);
    s.at(2900).primary(0, 1);
    EXPECT_TRUE(s.look(1).up);
    s.at(3001);
    EXPECT_TRUE(s.look(0).up);
    EXPECT_FALSE(s.look(1).up);
    EXPECT_THAT(s.look(1).trouble, HasSubstr("3000 ms"));
}

TEST(health_up, after_silence_rise_is_asked_for_again) {
    story s(1, slow_to_change());
    s.primary(0, 1).primary(0, 1);
    s.at(10000).primary(0, 1);
    EXPECT_FALSE(s.look(0).up);
    s.at(10100).primary(0, 1);
    EXPECT_TRUE(s.look(0).up);
}

TEST(health_up, a_primary_that_is_down_is_no_primary) {
    story s(2);
    s.primary(0, 1).replica(1, 1).fails(0).fails(0);
    EXPECT_EQ(s.who_is_primary(), "none");
    EXPECT_TRUE(s.look(1).up) << "its loss disturbs no replica";
    s.primary(0, 1);
    EXPECT_EQ(s.who_is_primary(), "a");
}

TEST(health_up, a_restarted_replica_may_have_gone_back) {
    story s(2);
    s.primary(0, 900).replica(1, 800);
    s.at(50).replica(1, 560, {.started = 5555});
    auto b = s.look(1);
    EXPECT_EQ(b.known.at.value, 560u) << "the old life's position is worth nothing";
    EXPECT_EQ(b.started_at_us, 5555);
}

TEST(health_up, an_answer_to_an_older_question_is_passed_over) {
    story s(2);
    s.at(100).replica(1, 0x200).at(50).replica(1, 0x100);
    EXPECT_EQ(s.at(100).look(1).known.at.value, 0x200u);
}

TEST(health_up, a_node_that_does_not_exist_is_passed_over) {
    story s(1);
    s.primary(5, 1);
    s.under_test().on_probe(weir::node_id{}, probe_result{});
    EXPECT_EQ(s.look()->nodes.size(), 1u);
}

TEST(health_up, versions_rise) {
    story s(1);
    auto first = s.look();
    EXPECT_LT(first->version, s.look()->version);
}

TEST(health_up, a_node_that_has_gone_is_not_used_whatever_it_says_until_it_is_back) {
    story s(2);
    s.primary(0, 1).replica(1, 1).gone(1, true).replica(1, 1);
    EXPECT_FALSE(s.look(1).up);
    EXPECT_TRUE(s.look(1).gone);
    EXPECT_EQ(s.look(1).is, role::unknown) << "its connections are of no use any more";
    EXPECT_THAT(s.look(1).trouble, HasSubstr("gone"));
    s.gone(1, false);
    EXPECT_FALSE(s.look(1).up);
    s.replica(1, 1);
    EXPECT_TRUE(s.look(1).up);
    EXPECT_EQ(s.look(1).read_limit, share_limit::slow_start);
}

TEST(health_up, a_node_that_is_added_has_the_next_id) {
    story s(1);
    node_address address;
    address.name = "new";
    EXPECT_EQ(s.under_test().add(address), id(1));
    EXPECT_EQ(s.look(1).address.name, "new");
    EXPECT_EQ(s.look(1).trouble, not_probed_yet);
    s.primary(0, 1).replica(1, 1);
    EXPECT_TRUE(s.look(1).up);
}

TEST(health_up, a_node_under_other_terms_stays_what_it_is) {
    story s(2);
    s.primary(0, 1).replica(1, 1);
    node_address address;
    address.name = "renamed";
    address.weight = 5;
    s.under_test().readdress(id(1), address);
    EXPECT_TRUE(s.look(1).up);
    EXPECT_EQ(s.look(1).address.name, "renamed");
    EXPECT_EQ(s.look(1).address.weight, 5u);
}

TEST(health_up, other_settings_count_from_the_next_answer_on) {
    story s(2);
    s.primary(0, 1).replica(1, 1);
    health_settings settings;
    settings.fall = 1;
    s.under_test().use(settings);
    s.fails(1);
    EXPECT_FALSE(s.look(1).up);
}

TEST(snapshot, finds_a_node_by_its_id_only) {
    story s(2);
    auto seen = s.look();
    EXPECT_EQ(seen->find(id(1)), &seen->nodes[1]);
    EXPECT_EQ(seen->find(id(2)), nullptr);
    EXPECT_EQ(seen->find(weir::node_id{}), nullptr);
    EXPECT_EQ(to_string(role::primary), "primary");
    EXPECT_EQ(to_string(role::replica), "replica");
    EXPECT_EQ(to_string(role::unknown), "unknown");
}

}  // namespace

#include "cluster/changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cluster/probes.hpp"

namespace {

using namespace weir::cluster;
using namespace weir::cluster::test;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(changes, tell_what_came_up_and_who_leads) {
    story s(2);
    auto before = s.look();
    auto after = s.primary(0, 1).replica(1, 1).look();
    EXPECT_THAT(changes(*before, *after),
                ElementsAre(change{false, "a is up: primary, timeline 1, version 150000"},
                            change{false, "b is up: replica, timeline 1, version 150000"},
                            change{false, "the primary is a"}));
}

TEST(changes, positions_and_lag_are_not_news) {
    story s(2);
    auto before = s.primary(0, 1).replica(1, 1).look();
    auto after = s.at(100).primary(0, 900).replica(1, 2).look();
    EXPECT_THAT(changes(*before, *after), IsEmpty());
}

TEST(changes, a_loss_says_why) {
    story s(2);
    auto before = s.primary(0, 1).replica(1, 1).look();
    auto after = s.fails(0, "refused").fails(0, "refused").look();
    EXPECT_THAT(changes(*before, *after), ElementsAre(change{true, "a is not used: refused"},
                                                      change{true, "no primary: a was it"}));
    EXPECT_THAT(changes(*after, *s.fails(0, "refused").look()), IsEmpty()) << "said once";
    EXPECT_THAT(changes(*after, *s.fails(0, "starting up").look()),
                ElementsAre(change{true, "a is not used: starting up"}));
}

TEST(changes, a_node_that_is_drained) {
    story s(2);
    auto before = s.primary(0, 1).replica(1, 1).look();
    auto after = s.drained(1, true).look();
    EXPECT_TRUE(after->nodes[1].drained);
    EXPECT_TRUE(after->nodes[1].up) << "it is what it was";
    EXPECT_FALSE(after->nodes[0].drained);
    EXPECT_THAT(changes(*before, *after), ElementsAre(change{false, "b is drained"}));
    EXPECT_THAT(changes(*after, *s.replica(1, 2).look()), IsEmpty()) << "until it is said otherwise";
    EXPECT_THAT(changes(*after, *s.drained(1, false).look()),
                ElementsAre(change{false, "b is drained no longer"}));
}

TEST(changes, a_promotion_and_a_restart) {
    story s(2);
    auto before = s.replica(0, 1).replica(1, 1).look();
    auto after = s.primary(0, 2, {.timeline = 2}).replica(1, 1, {.started = 5}).look();
    EXPECT_THAT(changes(*before, *after),
                ElementsAre(change{false, "a is up: primary, timeline 2, version 150000"},
                            change{false, "b was restarted"}, change{false, "the primary is a"}));
}

TEST(changes, a_node_that_was_found) {
    story s(1);
    auto before = s.primary(0, 1).look();
    node_address address;
    address.name = "new";
    s.under_test().add(address);
    EXPECT_THAT(changes(*before, *s.look()), ElementsAre(change{false, "new is a node from now on"}));
}

TEST(changes, who_uses_a_node_hears_of_its_end_and_of_its_successor) {
    story s(2);
    auto whole = s.primary(0, 1).replica(1, 1).look();
    EXPECT_FALSE(is_left_by_any(*whole, *s.at(100).primary(0, 5).replica(1, 5).look()));
    auto halved = s.fails(0, "refused").fails(0, "refused").look();
    EXPECT_TRUE(is_left_by_any(*whole, *halved));
    EXPECT_FALSE(is_left_by_any(*halved, *s.fails(0, "starting up").look()));
    auto led = s.primary(1, 9, {.timeline = 2}).look();
    EXPECT_TRUE(is_left_by_any(*halved, *led));
    EXPECT_FALSE(is_left_by_any(*led, *s.primary(1, 10, {.timeline = 2}).look()));
}

}  // namespace

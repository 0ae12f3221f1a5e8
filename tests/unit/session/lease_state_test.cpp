// What a session has left on its lease: what is certain, what is suspected, and what ends it.
#include "session/lease_state.hpp"

#include <gtest/gtest.h>

namespace weir::session {
namespace {

using query::pin_cause;
using names = std::vector<std::string>;

constexpr auto can_be_asked = {pin_cause::settings,      pin_cause::temporary, pin_cause::hold_cursor,
                               pin_cause::advisory_lock, pin_cause::listen,    pin_cause::sql_prepare,
                               pin_cause::procedural};
constexpr auto no_way_back = {pin_cause::load, pin_cause::random_seed, pin_cause::unknown_setting};
constexpr auto until_told = {pin_cause::opaque, pin_cause::sequence_value};

TEST(lease_state, is_clean_at_first) {
    const lease_state fresh;
    EXPECT_TRUE(fresh.is_clean());
    EXPECT_FALSE(fresh.is_spoilt());
    EXPECT_EQ(fresh.pins(), pin_cause::none);
    EXPECT_EQ(fresh.suspected(), pin_cause::none);
}

TEST(lease_state, what_the_server_can_tell_is_suspected_only) {
    for (const auto kind : can_be_asked) {
        lease_state s;
        s.touch(kind);
        EXPECT_EQ(s.suspected(), kind);
        EXPECT_EQ(s.pins(), pin_cause::none);
        EXPECT_FALSE(s.is_clean());
        EXPECT_FALSE(s.is_spoilt());
        s.settle(kind, pin_cause::none);
        EXPECT_TRUE(s.is_clean());
    }
}

TEST(lease_state, what_it_cannot_tell_is_kept) {
    for (const auto& kinds : {no_way_back, until_told})
        for (const auto kind : kinds) {
            lease_state s;
            s.touch(kind);
            EXPECT_EQ(s.suspected(), pin_cause::none);
            EXPECT_EQ(s.pins(), kind);
            EXPECT_FALSE(s.is_clean());
            // No inspection and no statement ends it.
            s.settle(kind, pin_cause::none);
            s.end(kind);
            EXPECT_EQ(s.pins(), kind);
            EXPECT_EQ(s.suspected(), pin_cause::none);
        }
}

TEST(lease_state, some_of_it_not_even_discard_all_undoes) {
    for (const auto kind : no_way_back) {
        lease_state s;
        s.touch(kind);
        EXPECT_TRUE(s.is_spoilt());
    }
    for (const auto kind : until_told) {
        lease_state s;
        s.touch(kind | pin_cause::settings);
        EXPECT_FALSE(s.is_spoilt());
        s.ended(kind);
        EXPECT_EQ(s.pins(), pin_cause::none);
    }
}

TEST(lease_state, what_is_found_is_kept_until_it_is_not_found) {
    lease_state s;
    s.touch(pin_cause::temporary | pin_cause::listen | pin_cause::load);
    s.settle(pin_cause::temporary | pin_cause::listen, pin_cause::listen);
    EXPECT_EQ(s.pins(), pin_cause::listen | pin_cause::load);
    EXPECT_EQ(s.suspected(), pin_cause::none);
    // What was not asked for is as it was.
    s.touch(pin_cause::advisory_lock);
    s.settle(pin_cause::advisory_lock, pin_cause::advisory_lock);
    EXPECT_EQ(s.pins(), pin_cause::listen | pin_cause::load | pin_cause::advisory_lock);
    s.settle(pin_cause::listen | pin_cause::advisory_lock, pin_cause::advisory_lock);
    EXPECT_EQ(s.pins(), pin_cause::load | pin_cause::advisory_lock);
}

TEST(lease_state, an_end_is_suspected_of_what_is_there_alone) {
    lease_state s;
    s.end(pin_cause::listen | pin_cause::temporary);
    EXPECT_TRUE(s.is_clean());
    s.touch(pin_cause::listen);
    s.settle(pin_cause::listen, pin_cause::listen);
    s.end(pin_cause::listen | pin_cause::temporary);
    EXPECT_EQ(s.suspected(), pin_cause::listen);
    EXPECT_EQ(s.pins(), pin_cause::listen);
    s.settle(pin_cause::listen, pin_cause::none);
    EXPECT_TRUE(s.is_clean());
}

TEST(lease_state, custom_settings_are_noted_once_until_they_are_asked_for) {
    lease_state s;
    s.touch_setting("app.t");
    s.touch_setting("app.u");
    s.touch_setting("app.t");
    EXPECT_EQ(s.suspected(), pin_cause::settings);
    EXPECT_EQ(s.custom_names(), (names{"app.t", "app.u"}));
    s.settle(pin_cause::settings, pin_cause::none);
    EXPECT_EQ(s.custom_names(), names());
    EXPECT_TRUE(s.is_clean());
}

TEST(lease_state, nothing_of_it_outlives_the_connection) {
    lease_state s;
    s.touch(pin_cause::load | pin_cause::listen);
    s.touch_setting("app.t");
    s.forget();
    EXPECT_TRUE(s.is_clean());
    EXPECT_FALSE(s.is_spoilt());
    EXPECT_EQ(s.custom_names(), names());
}

}  // namespace
}  // namespace weir::session

#include "session/identity.hpp"

#include <gtest/gtest.h>

namespace weir::session {
namespace {

identity ann() {
    identity who;
    who.user = "ann";
    who.database = "shop";
    who.parameters = {{"client_encoding", "UTF8"}};
    return who;
}

TEST(identity, equal_ones_are_one_value) {
    identity_store store;
    const auto one = store.intern(ann());
    EXPECT_EQ(store.intern(ann()), one);
    auto other = ann();
    other.parameters.front().value = "LATIN1";
    EXPECT_NE(store.intern(other), one);
    other = ann();
    other.admin = true;  // no part of the hash, and yet another one
    EXPECT_NE(store.intern(other), one);
}

TEST(identity, is_kept_without_what_logs_in_at_the_nodes) {
    auto who = ann();
    who.password = "secret";
    who.keys = wire::scram_keys{};
    EXPECT_EQ(who.without_secrets(), ann());
}

TEST(identity, of_those_who_left_is_forgotten) {
    identity_store store;
    const auto kept = store.intern(ann());
    for (int i = 0; i < 10000; ++i) {
        auto who = ann();
        who.user += std::to_string(i);
        store.intern(who);
    }
    EXPECT_LE(store.size(), 2048u);
    EXPECT_EQ(store.intern(ann()), kept);
}

TEST(identity, of_nobody_has_no_name) { EXPECT_EQ(*nobody(), identity()); }

}  // namespace
}  // namespace weir::session

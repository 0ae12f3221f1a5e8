#include "auth/seats.hpp"

#include <gtest/gtest.h>

namespace weir::auth {
namespace {

std::string told(const std::optional<fault>& why) { return why ? why->message : "in"; }

TEST(seats, of_a_user) {
    seats all;
    all.use({{{"ann", 2}}, {}});
    EXPECT_EQ(told(all.take("ann", "a")), "in");
    EXPECT_EQ(told(all.take("ann", "b")), "in");
    EXPECT_EQ(told(all.take("ann", "c")), "too many connections for role \"ann\"");
    for (int i = 0; i < 100; ++i) EXPECT_EQ(told(all.take("bob", "a")), "in");
    all.give_back("ann", "b");
    EXPECT_EQ(told(all.take("ann", "c")), "in");
}

TEST(seats, of_a_database_and_of_each_other_one) {
    seats all;
    all.use({{}, {{"shop", 1}, {"*", 2}}});
    EXPECT_EQ(told(all.take("ann", "shop")), "in");
    EXPECT_EQ(told(all.take("bob", "shop")), "too many connections for database \"shop\"");
    for (const auto* database : {"a", "b"}) {
        EXPECT_EQ(told(all.take("ann", database)), "in");
        EXPECT_EQ(told(all.take("ann", database)), "in");
        const auto why = all.take("ann", database);
        EXPECT_EQ(told(why), "too many connections for database \"" + std::string(database) + "\"");
        EXPECT_NE(why->hint.find("[database.*]"), std::string::npos);
    }
}

TEST(seats, whoever_is_in_stays_where_the_limit_is_lowered) {
    seats all;
    for (int i = 0; i < 3; ++i) all.take("ann", "a");
    all.use({{{"ann", 1}}, {}});
    all.give_back("ann", "a");
    EXPECT_NE(told(all.take("ann", "a")), "in");
    all.give_back("ann", "a");
    all.give_back("ann", "a");
    EXPECT_EQ(told(all.take("ann", "a")), "in");
}

}  // namespace
}  // namespace weir::auth

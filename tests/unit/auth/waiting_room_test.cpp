#include "auth/waiting_room.hpp"

#include <gtest/gtest.h>

#include "auth/client_host.hpp"

namespace weir::auth {
namespace {

using std::chrono::seconds;

struct room : testing::Test {
    waiting_room::entry enter(const std::string& host) { return of.enter(host, 3, {4, 2}, now); }

    waiting_room of;
    instant now{std::chrono::hours(1)};
};

TEST_F(room, has_place_for_so_many_of_a_host) {
    const auto first = enter("a");
    EXPECT_TRUE(first.ticket);
    EXPECT_TRUE(enter("a").ticket);
    EXPECT_FALSE(enter("a").ticket) << "nobody has been in there for long";
    EXPECT_TRUE(enter("b").ticket);
    of.leave(*first.ticket);
    EXPECT_TRUE(enter("a").ticket);
}

TEST_F(room, the_oldest_of_the_host_makes_room) {
    const auto other = enter("b");
    const auto first = enter("a");
    enter("a");
    now += seconds(2);
    const auto next = enter("a");
    EXPECT_TRUE(next.ticket);
    ASSERT_TRUE(next.sent_away);
    EXPECT_EQ(next.sent_away->ticket, *first.ticket);
    EXPECT_EQ(next.sent_away->worker, 3u);
    EXPECT_NE(next.sent_away->ticket, *other.ticket);
    EXPECT_EQ(of.size(), 3u);
}

TEST_F(room, the_oldest_of_all_makes_room_where_it_is_full) {
    const auto first = enter("a");
    for (const auto* host : {"b", "c", "d"}) enter(host);
    EXPECT_FALSE(enter("e").ticket);
    now += seconds(2);
    const auto next = enter("e");
    EXPECT_TRUE(next.ticket);
    EXPECT_EQ(next.sent_away->ticket, *first.ticket);
}

TEST_F(room, leaving_twice_is_leaving_once) {
    const auto one = enter("a");
    of.leave(*one.ticket);
    of.leave(*one.ticket);
    of.leave(77);
    EXPECT_EQ(of.size(), 0u);
}

TEST(client_host, is_the_address_without_its_port) {
    EXPECT_EQ(client_host("10.1.2.3:5000"), "10.1.2.3");
    EXPECT_EQ(client_host("unix"), "unix");
    EXPECT_EQ(client_host("[2001:db8:1:2:3:4:5:6]:5000"), "2001:db8:1:2::/64");
    EXPECT_EQ(client_host("[2001:db8:1:2:ffff::]:1"), client_host("[2001:db8:1:2::9]:2"));
    EXPECT_EQ(client_host("[::ffff:10.1.2.3]:5000"), "10.1.2.3");
    EXPECT_EQ(client_host("[nonsense"), "nonsense");
    EXPECT_EQ(client_host(""), "");
}

}  // namespace
}  // namespace weir::auth

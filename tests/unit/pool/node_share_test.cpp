// The bound on a node's connections, and whose turn it is when it is reached.
#include "pool/node_share.hpp"

#include <gtest/gtest.h>

#include "unit/pool/words.hpp"

namespace weir::pool {
namespace {

using namespace testing;

/// Two pools of a node that may have four connections in all.
struct two_pools : ::testing::Test {
    std::shared_ptr<node_share> share = std::make_shared<node_share>(4);
    std::shared_ptr<account> rich_books = std::make_shared<account>(pool_bounds{}, share);
    std::shared_ptr<account> poor_books = std::make_shared<account>(pool_bounds{}, share);
    pool rich{rich_books, test_limits, 0};
    pool poor{poor_books, test_limits, 0};
    std::uint64_t numbers = 0;

    /// Clients of the rich one have all four.
    void fill() {
        for (std::uint32_t n = 1; n <= 4; ++n) {
            ASSERT_EQ(rich.request(client(n), start), opens);
            ASSERT_EQ(rich.arrived(connection(++numbers), start, start), for_client(n));
        }
    }
    void comes_back(pool& to, std::uint64_t n, const placement& becomes) {
        EXPECT_EQ(to.released(returned{connection(n), start}, after(1)), becomes);
        if (becomes == to_close) to.closed(connection(n), false);
    }
    void opens_now(pool& by, std::uint32_t who) {
        ASSERT_TRUE(by.opens_for_waiting());
        ASSERT_EQ(by.arrived(connection(++numbers), start, after(2)), for_client(who));
    }
};

TEST_F(two_pools, have_no_more_than_the_node_allows) {
    fill();
    EXPECT_EQ(rich.request(client(5), start), queued);
    EXPECT_EQ(poor.request(client(11), start), starves);
    EXPECT_FALSE(poor.opens_for_waiting());
    EXPECT_EQ(rich_books->open() + poor_books->open(), 4u);
}

TEST_F(two_pools, what_comes_back_goes_to_the_poorer_until_they_have_the_same) {
    fill();
    for (std::uint32_t n = 5; n <= 8; ++n) rich.request(client(n), start);
    for (std::uint32_t n = 11; n <= 14; ++n) poor.request(client(n), start);
    comes_back(rich, 1, to_close);
    EXPECT_FALSE(rich.opens_for_waiting()) << "it is not its turn";
    opens_now(poor, 11);
    comes_back(rich, 2, to_close);
    opens_now(poor, 12);
    comes_back(rich, 3, for_client(5));
    comes_back(poor, 5, for_client(13));
    EXPECT_EQ(rich_books->open(), 2u);
    EXPECT_EQ(poor_books->open(), 2u);
}

TEST_F(two_pools, one_that_does_not_wait_any_more_is_nobodys_hindrance) {
    fill();
    rich.request(client(5), start);
    poor.request(client(11), start);
    EXPECT_TRUE(poor.withdraw(client(11)));
    comes_back(rich, 1, for_client(5));
}

TEST_F(two_pools, a_connection_that_rests_is_closed_for_one_that_waits) {
    fill();
    for (std::uint64_t n = 1; n <= 4; ++n) comes_back(rich, n, rests);
    EXPECT_TRUE(rich.expire_idle(after(100)).empty());
    poor.request(client(11), after(100));
    const auto gone = rich.expire_idle(after(101));
    ASSERT_EQ(gone.size(), 1u) << "one at a time";
    rich.closed(gone.front(), false);
    opens_now(poor, 11);
}

TEST_F(two_pools, of_equals_only_what_has_rested_for_a_while_is_closed) {
    ASSERT_EQ(rich.request(client(1), start), opens);
    rich.arrived(connection(1), start, start);
    comes_back(rich, 1, rests);
    share->set_limit(2);
    ASSERT_EQ(poor.request(client(11), start), opens);
    poor.arrived(connection(2), start, start);
    poor.request(client(12), after(1));
    EXPECT_TRUE(rich.expire_idle(after(500)).empty());
    EXPECT_EQ(rich.expire_idle(after(1100)).size(), 1u);
}

TEST_F(two_pools, where_there_is_less_than_one_for_each_they_take_turns) {
    share->set_limit(1);
    ASSERT_EQ(rich.request(client(1), start), opens);
    rich.arrived(connection(1), start, start);
    rich.request(client(2), start);
    poor.request(client(11), start);
    comes_back(rich, 1, to_close);
    opens_now(poor, 11);
    comes_back(poor, 1, to_close);
}

TEST_F(two_pools, without_a_bound_nobody_is_asked) {
    share->set_limit(0);
    fill();
    EXPECT_EQ(poor.request(client(11), start), opens);
}

TEST(waiting_room, has_so_many_places) {
    const auto books = std::make_shared<account>(pool_bounds{.size = 1, .max_waiting = 2});
    pool one{books, test_limits, 0};
    pool other{books, test_limits, 1};
    EXPECT_EQ(one.request(client(1), start), opens);
    EXPECT_EQ(other.request(client(2), start), starves);
    EXPECT_TRUE(one.request(client(3), start).refused);
    EXPECT_EQ(one.waiting(), 1u);
    EXPECT_TRUE(other.withdraw(client(2)));
    EXPECT_EQ(one.request(client(3), start), queued);
    EXPECT_EQ(one.arrived(connection(1), start, start), for_client(1));
    EXPECT_EQ(other.request(client(4), start), starves);
}

}  // namespace
}  // namespace weir::pool

// Two workers that share the limit of one pool, and the ledger behind it.
#include <gtest/gtest.h>

#include "unit/pool/words.hpp"

namespace weir::pool {
namespace {

using namespace testing;

/// Two workers' pools of one account.
struct two_workers : ::testing::Test {
    std::shared_ptr<account> books = account_of(2);
    pool a{books, test_limits, 0};
    pool b{books, test_limits, 1};

    /// Both connections are lent in worker a.
    void lend_all_in_a() {
        for (std::uint32_t n = 1; n <= 2; ++n) {
            ASSERT_EQ(a.request(client(n), start), opens);
            ASSERT_EQ(a.arrived(connection(n), start, start), for_client(n));
        }
    }
};

TEST_F(two_workers, share_one_limit) {
    EXPECT_EQ(a.request(client(1), start), opens);
    EXPECT_EQ(b.request(client(2), start), opens);
    EXPECT_EQ(a.request(client(3), start), queued);
    EXPECT_EQ(b.request(client(4), start), queued);
    EXPECT_EQ(books->open(), 2u);
}

TEST_F(two_workers, one_that_owns_nothing_and_may_open_nothing_starves) {
    lend_all_in_a();
    EXPECT_EQ(b.request(client(9), start), starves);
    EXPECT_EQ(books->starving(), 2u);
}

TEST_F(two_workers, the_next_connection_released_goes_to_the_one_that_starves) {
    lend_all_in_a();
    b.request(client(9), start);
    EXPECT_EQ(a.released(returned{connection(1), start}, after(1)), handed_over);
    EXPECT_EQ(a.lent(), 1u);
    EXPECT_EQ(b.received(returned{connection(1), start}, after(1)), for_client(9));
    EXPECT_EQ(books->starving(), 0u);
    EXPECT_EQ(books->open(), 2u);
    EXPECT_EQ(a.released(returned{connection(2), start}, after(2)), rests);
}

TEST_F(two_workers, it_goes_there_before_the_own_clients_who_would_get_the_next) {
    lend_all_in_a();
    ASSERT_EQ(a.request(client(3), start), queued);
    b.request(client(9), start);
    EXPECT_EQ(a.released(returned{connection(1), start}, after(1)), handed_over);
    b.received({connection(1), start}, after(1));
    EXPECT_EQ(a.released(returned{connection(2), start}, after(2)), for_client(3));
}

TEST_F(two_workers, one_that_gave_its_last_away_gets_it_back) {
    books->set({.size = 1});
    ASSERT_EQ(a.request(client(1), start), opens);
    ASSERT_EQ(a.arrived(connection(1), start, start), for_client(1));
    ASSERT_EQ(a.request(client(2), start), queued);
    ASSERT_EQ(b.request(client(9), start), starves);
    ASSERT_EQ(a.released(returned{connection(1), start}, after(1)), handed_over);
    ASSERT_EQ(b.received(returned{connection(1), start}, after(1)), for_client(9));
    EXPECT_EQ(books->starving(), 1u);
    EXPECT_EQ(b.released(returned{connection(1), start}, after(2)), handed_over);
    EXPECT_EQ(a.received(returned{connection(1), start}, after(2)), for_client(2));
    EXPECT_EQ(books->starving(), 0u);
}

TEST_F(two_workers, an_idle_connection_can_be_asked_for) {
    ASSERT_EQ(a.request(client(1), start), opens);
    ASSERT_EQ(a.arrived(connection(1), start, start), for_client(1));
    ASSERT_EQ(a.released(returned{connection(1), start}, after(1)), rests);
    books->set({.size = 1});
    ASSERT_EQ(b.request(client(9), after(2)), starves);
    EXPECT_EQ(a.give_away(), connection(1));
    EXPECT_EQ(a.give_away(), std::nullopt);
    EXPECT_TRUE(a.owns_nothing());
    EXPECT_EQ(b.received(returned{connection(1), start}, after(2)), for_client(9));
    EXPECT_EQ(books->open(), 1u);
}

TEST_F(two_workers, one_whose_clients_wait_unfairly_long_starves_though_it_owns_something) {
    ASSERT_EQ(b.request(client(9), start), opens);
    ASSERT_EQ(b.arrived(connection(9), start, start), for_client(9));
    ASSERT_EQ(a.request(client(1), start), opens);
    ASSERT_EQ(a.arrived(connection(1), start, start), for_client(1));
    ASSERT_EQ(b.request(client(8), start), queued);
    b.expire_waiting(after(49));
    EXPECT_EQ(books->starving(), 0u);
    b.expire_waiting(after(50));
    EXPECT_EQ(books->starving(), 2u);
    EXPECT_EQ(a.released(returned{connection(1), start}, after(51)), handed_over);
}

TEST_F(two_workers, who_does_not_wait_any_more_does_not_starve) {
    lend_all_in_a();
    b.request(client(9), start);
    b.withdraw(client(9));
    EXPECT_EQ(books->starving(), 0u);
    b.request(client(9), start);
    b.expire_waiting(after(1000));
    EXPECT_EQ(books->starving(), 0u);
    EXPECT_EQ(a.released(returned{connection(1), start}, after(1001)), rests);
}

TEST_F(two_workers, its_own_hunger_takes_nothing_away_from_a_worker) {
    lend_all_in_a();
    a.request(client(3), start);
    a.expire_waiting(after(100));
    ASSERT_EQ(books->starving(), 1u);
    EXPECT_EQ(a.released(returned{connection(1), start}, after(101)), for_client(3));
}

TEST_F(two_workers, room_made_by_the_other_is_found) {
    lend_all_in_a();
    ASSERT_EQ(b.request(client(9), start), starves);
    EXPECT_FALSE(b.opens_for_waiting());
    EXPECT_FALSE(a.closed(connection(1), true)) << "nobody waits in a";
    EXPECT_TRUE(b.opens_for_waiting()) << "else its client would wait for its time-out";
    EXPECT_EQ(b.arrived(connection(3), after(1), after(1)), for_client(9));
    EXPECT_EQ(books->open(), 2u);
}

TEST(books, one_account_for_each_node_and_tenant) {
    ledger all;
    const tenant shop{"main", "shop", "app", {}};
    const tenant other{"main", "shop", "app", {{"search_path", "x"}}};
    const auto first = all.find({node_id{0}, shop}, {.size = 5});
    EXPECT_EQ(all.find({node_id{0}, shop}, {.size = 5}), first);
    EXPECT_NE(all.find({node_id{1}, shop}, {.size = 5}), first);
    EXPECT_NE(all.find({node_id{0}, other}, {.size = 5}), first);
    EXPECT_EQ(first->limit(), 5u);
}

TEST(books, a_new_limit_counts_for_all) {
    ledger all;
    const auto first = all.find({node_id{0}, {}}, {.size = 1});
    const auto second = all.find({node_id{1}, {}}, {.size = 1});
    ASSERT_TRUE(first->try_open(0));
    EXPECT_FALSE(first->try_open(0));
    all.set({.size = 2});
    EXPECT_TRUE(first->try_open(0));
    EXPECT_EQ(second->limit(), 2u);
    first->closed();
    EXPECT_EQ(first->open(), 1u);
}

}  // namespace
}  // namespace weir::pool

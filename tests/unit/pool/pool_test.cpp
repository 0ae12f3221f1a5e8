// Who gets which connection, in one worker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/pool/words.hpp"

namespace weir::pool {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct one_worker : ::testing::Test {
    explicit one_worker(std::size_t limit = 2)
        : books(account_of(limit)), p(books, test_limits, 0) {}

    /// A connection that is open and idle.
    void own(std::uint64_t n, instant now = start) {
        ASSERT_TRUE(books->try_open(0));
        ASSERT_EQ(p.received(returned{connection(n), now}, now), rests);
    }
    void expect_counts(std::size_t idle, std::size_t lent_out, std::size_t opening,
                       std::size_t waiting) {
        EXPECT_EQ(p.idle(), idle);
        EXPECT_EQ(p.lent(), lent_out);
        EXPECT_EQ(p.opening(), opening);
        EXPECT_EQ(p.waiting(), waiting);
        EXPECT_EQ(books->open(), idle + lent_out + opening);
    }

    std::shared_ptr<account> books;
    pool p;
};

using grants = one_worker;

TEST_F(grants, the_first_request_opens_a_connection_and_gets_it) {
    EXPECT_EQ(p.request(client(1), start), opens);
    expect_counts(0, 0, 1, 1);
    EXPECT_EQ(p.arrived(connection(10), start, after(3)), for_client(1));
    expect_counts(0, 1, 0, 0);
}

TEST_F(grants, an_idle_connection_is_lent_at_once) {
    own(10);
    EXPECT_EQ(p.request(client(1), start), lent(10));
    expect_counts(0, 1, 0, 0);
}

TEST_F(grants, a_released_connection_rests_where_nobody_waits) {
    own(10);
    p.request(client(1), start);
    EXPECT_EQ(p.released(returned{connection(10), start}, after(1)), rests);
    expect_counts(1, 0, 0, 0);
}

TEST_F(grants, the_connection_used_last_is_lent_first) {
    own(10);
    ASSERT_EQ(p.request(client(1), start), lent(10));
    own(11);
    ASSERT_EQ(p.released(returned{connection(10), start}, after(1)), rests);
    EXPECT_EQ(p.request(client(2), after(2)), lent(10));
    EXPECT_EQ(p.request(client(3), after(2)), lent(11));
}

TEST_F(grants, one_is_opened_for_each_who_waits_up_to_the_limit) {
    EXPECT_EQ(p.request(client(1), start), opens);
    EXPECT_EQ(p.request(client(2), start), opens);
    EXPECT_EQ(p.request(client(3), start), queued);
    expect_counts(0, 0, 2, 3);
}

TEST_F(grants, none_is_opened_for_one_who_waits_no_more) {
    ASSERT_EQ(p.request(client(1), start), opens);
    ASSERT_TRUE(p.withdraw(client(1)));
    EXPECT_EQ(p.request(client(2), start), queued) << "the one under way is for the next";
    EXPECT_EQ(p.arrived(connection(10), start, start), for_client(2));
}

TEST_F(grants, a_limit_of_0_lends_nothing) {
    books->set({.size = 0});
    EXPECT_EQ(p.request(client(1), start), starves);
    expect_counts(0, 0, 0, 1);
}

using queue = one_worker;

TEST_F(queue, first_come_first_served) {
    for (std::uint32_t n = 1; n <= 4; ++n) p.request(client(n), after(static_cast<int>(n)));
    EXPECT_EQ(p.arrived(connection(10), after(5), after(5)), for_client(1));
    EXPECT_EQ(p.arrived(connection(11), after(6), after(6)), for_client(2));
    EXPECT_EQ(p.released(returned{connection(11), after(6)}, after(7)), for_client(3));
    EXPECT_EQ(p.released(returned{connection(10), after(5)}, after(8)), for_client(4));
    expect_counts(0, 2, 0, 0);
}

TEST_F(queue, nobody_overtakes_those_who_wait) {
    own(10);
    ASSERT_EQ(p.request(client(1), start), lent(10));
    ASSERT_EQ(p.request(client(2), start), opens);
    ASSERT_EQ(p.request(client(3), start), queued);
    ASSERT_EQ(p.released(returned{connection(10), start}, after(1)), for_client(2));
    EXPECT_EQ(p.request(client(4), after(2)), queued);
    EXPECT_EQ(p.arrived(connection(11), after(3), after(3)), for_client(3));
}

TEST_F(queue, who_withdraws_is_passed_over) {
    for (std::uint32_t n = 1; n <= 3; ++n) p.request(client(n), start);
    EXPECT_TRUE(p.withdraw(client(1)));
    EXPECT_FALSE(p.withdraw(client(1)));
    EXPECT_FALSE(p.withdraw(client(7)));
    EXPECT_EQ(p.arrived(connection(10), start, start), for_client(2));
}

TEST_F(queue, a_connection_that_nobody_waits_for_any_more_rests) {
    p.request(client(1), start);
    p.withdraw(client(1));
    EXPECT_EQ(p.arrived(connection(10), start, start), rests);
    expect_counts(1, 0, 0, 0);
}

TEST_F(queue, who_has_waited_too_long_is_taken_out) {
    for (std::uint32_t n = 1; n <= 3; ++n) p.request(client(n), after(static_cast<int>(n) * 100));
    EXPECT_THAT(p.expire_waiting(after(1099)), IsEmpty());
    EXPECT_THAT(p.expire_waiting(after(1200)), ElementsAre(client(1), client(2)));
    EXPECT_EQ(p.waiting(), 1u);
    EXPECT_EQ(p.arrived(connection(10), after(1201), after(1201)), for_client(3));
}

TEST_F(queue, the_longest_wait_is_that_of_the_first) {
    EXPECT_EQ(p.longest_wait(start), duration::zero());
    p.request(client(1), after(100));
    p.request(client(2), after(200));
    EXPECT_EQ(p.longest_wait(after(250)), milliseconds(150));
    p.withdraw(client(1));
    EXPECT_EQ(p.longest_wait(after(250)), milliseconds(50));
}

using failures = one_worker;

TEST_F(failures, a_connection_that_fails_to_open_is_told_to_who_waits) {
    p.request(client(1), start);
    EXPECT_THAT(p.failed_to_open(), ElementsAre(client(1)));
    expect_counts(0, 0, 0, 0);
    EXPECT_EQ(p.request(client(1), after(1)), opens) << "and is tried again";
}

TEST_F(failures, who_may_have_another_that_is_being_opened_waits_on) {
    for (std::uint32_t n = 1; n <= 3; ++n) p.request(client(n), start);
    EXPECT_THAT(p.failed_to_open(), ElementsAre(client(1), client(2)));
    expect_counts(0, 0, 1, 1);
    EXPECT_EQ(p.arrived(connection(10), start, start), for_client(3));
}

TEST_F(failures, nobody_waits_nobody_is_told) {
    p.request(client(1), start);
    p.withdraw(client(1));
    EXPECT_THAT(p.failed_to_open(), IsEmpty());
    EXPECT_EQ(books->open(), 0u);
}

TEST_F(failures, one_from_another_worker_is_not_one_that_was_being_opened) {
    for (std::uint32_t n = 1; n <= 3; ++n) p.request(client(n), start);
    ASSERT_EQ(p.opening(), 2u);
    books->set({.size = 3});
    ASSERT_TRUE(books->try_open(0));  // the other worker's, which comes over
    EXPECT_EQ(p.received(returned{connection(30), start}, start), for_client(1));
    expect_counts(0, 1, 2, 2);
    EXPECT_THAT(p.failed_to_open(), ElementsAre(client(2)));
    EXPECT_EQ(p.arrived(connection(11), start, start), for_client(3));
}

TEST_F(failures, a_lent_connection_that_is_gone_is_replaced_for_who_waits) {
    own(10);
    own(11);
    p.request(client(1), start);
    p.request(client(2), start);
    ASSERT_EQ(p.request(client(3), start), queued);
    EXPECT_TRUE(p.closed(connection(11), true));
    expect_counts(0, 1, 1, 1);
}

TEST_F(failures, a_connection_that_is_gone_is_not_replaced_for_nobody) {
    own(10);
    p.request(client(1), start);
    EXPECT_FALSE(p.closed(connection(10), true));
    expect_counts(0, 0, 0, 0);
}

TEST_F(failures, an_idle_connection_that_is_gone_is_not_lent) {
    own(10);
    EXPECT_FALSE(p.closed(connection(10), false));
    expect_counts(0, 0, 0, 0);
    EXPECT_EQ(p.request(client(1), start), opens);
}

TEST_F(failures, one_that_is_closed_instead_of_released_counts_once) {
    own(10);
    p.request(client(1), start);
    ASSERT_EQ(p.released(returned{connection(10), start}, after(60000)), to_close);
    EXPECT_FALSE(p.closed(connection(10), false));
    expect_counts(0, 0, 0, 0);
}

using ages = one_worker;

TEST_F(ages, an_idle_connection_ends_after_its_idle_time) {
    own(10, start);
    own(11, after(100));
    EXPECT_THAT(p.expire_idle(after(4999)), IsEmpty());
    EXPECT_THAT(p.expire_idle(after(5000)), ElementsAre(connection(10)));
    EXPECT_EQ(p.idle(), 1u);
    p.closed(connection(10), false);
    EXPECT_EQ(books->open(), 1u);
}

TEST_F(ages, a_connection_in_the_wanted_state_is_lent_first) {
    for (const unsigned n : {10u, 11u}) own(n);
    const auto first = *p.request(client(1), start).backend;
    const auto second = *p.request(client(2), start).backend;
    ASSERT_EQ(p.released(returned{first, start, 7}, after(1)), rests);
    ASSERT_EQ(p.released(returned{second, start, 8}, after(1)), rests);
    EXPECT_EQ(p.request(client(3), after(2), 7).backend, first);
    ASSERT_EQ(p.released(returned{first, start, 7}, after(3)), rests);
    EXPECT_EQ(p.request(client(4), after(4), 5).backend, first) << "the last one used";
}

TEST_F(ages, being_used_begins_the_idle_time_anew) {
    own(10, start);
    p.request(client(1), after(4000));
    p.released({connection(10), start}, after(4500));
    EXPECT_THAT(p.expire_idle(after(9499)), IsEmpty());
    EXPECT_THAT(p.expire_idle(after(9500)), ElementsAre(connection(10)));
}

TEST_F(ages, an_old_connection_ends_when_it_is_released) {
    own(10);
    p.request(client(1), start);
    EXPECT_EQ(p.released(returned{connection(10), start}, after(60000)), to_close);
}

TEST_F(ages, an_old_connection_ends_in_a_busy_pool_too) {
    books->set({.size = 1});
    own(10);
    p.request(client(1), start);
    ASSERT_EQ(p.request(client(2), start), queued);
    EXPECT_EQ(p.released(returned{connection(10), start}, after(60000)), to_close);
    EXPECT_TRUE(p.closed(connection(10), false)) << "another is opened for who waits";
    expect_counts(0, 0, 1, 1);
}

TEST_F(ages, an_old_idle_connection_ends) {
    own(10);
    for (int ms = 4000; ms < 60000; ms += 4000) {
        p.request(client(1), after(ms));
        p.released({connection(10), start}, after(ms));
        EXPECT_THAT(p.expire_idle(after(ms)), IsEmpty());
    }
    EXPECT_THAT(p.expire_idle(after(60000)), ElementsAre(connection(10)));
}

TEST_F(ages, all_idle_ones_can_be_taken_out) {
    own(10);
    own(11);
    p.request(client(1), start);
    EXPECT_THAT(p.take_all_idle(), ElementsAre(connection(10)));
    EXPECT_EQ(p.idle(), 0u);
    EXPECT_EQ(p.lent(), 1u);
}

TEST_F(ages, limits_can_change) {
    own(10);
    p.set_limits({milliseconds(1), milliseconds(10), milliseconds(100)});
    EXPECT_THAT(p.expire_idle(after(10)), ElementsAre(connection(10)));
}

using holds = one_worker;

TEST_F(holds, nothing_is_lent_and_nothing_opened) {
    own(10);
    p.hold(true);
    EXPECT_EQ(p.request(client(1), start), queued);
    EXPECT_EQ(p.request(client(2), start), queued);
    EXPECT_FALSE(p.opens_for_waiting());
    expect_counts(1, 0, 0, 2);
    EXPECT_EQ(books->starving(), 0u) << "no other worker may lend what is theirs";
}

TEST_F(holds, what_comes_back_is_closed_even_where_somebody_waits) {
    own(10);
    ASSERT_EQ(p.request(client(1), start), lent(10));
    ASSERT_EQ(p.request(client(2), start), opens);
    p.hold(true);
    EXPECT_EQ(p.released(returned{connection(10), start}, after(1)), to_close);
    EXPECT_FALSE(p.closed(connection(10), false));
    EXPECT_EQ(p.arrived(connection(11), start, after(1)), to_close);
    EXPECT_FALSE(p.closed(connection(11), false));
    expect_counts(0, 0, 0, 1);
}

TEST_F(holds, nobody_waits_too_long) {
    p.hold(true);
    p.request(client(1), start);
    EXPECT_THAT(p.expire_waiting(after(100000)), IsEmpty());
    p.hold(false);
    EXPECT_THAT(p.expire_waiting(after(100000)), ElementsAre(client(1)));
}

TEST_F(holds, a_node_that_cannot_be_reached_fails_nobody) {
    ASSERT_EQ(p.request(client(1), start), opens);
    p.hold(true);
    EXPECT_THAT(p.failed_to_open(), IsEmpty());
    expect_counts(0, 0, 0, 1);
}

TEST_F(holds, those_who_wait_come_out_in_their_order) {
    p.hold(true);
    for (std::uint32_t n = 3; n >= 1; --n) p.request(client(n), start);
    EXPECT_THAT(p.take_all_waiting(), ElementsAre(client(3), client(2), client(1)));
    EXPECT_EQ(p.waiting(), 0u);
    p.hold(false);
    EXPECT_EQ(p.request(client(3), after(1)), opens);
}

using reloads = one_worker;

TEST_F(reloads, a_higher_limit_serves_those_who_wait) {
    for (std::uint32_t n = 1; n <= 3; ++n) p.request(client(n), start);
    EXPECT_FALSE(p.opens_for_waiting());
    books->set({.size = 3});
    EXPECT_TRUE(p.opens_for_waiting());
    EXPECT_FALSE(p.opens_for_waiting()) << "one for each";
    expect_counts(0, 0, 3, 3);
}

TEST_F(reloads, a_lower_limit_ends_what_is_over_it) {
    books->set({.size = 3});
    own(10);
    own(11);
    p.request(client(1), start);
    p.request(client(2), start);
    own(12);
    books->set({.size = 1});
    EXPECT_THAT(p.expire_idle(after(1)), ElementsAre(connection(12)));
    p.closed(connection(12), false);
    EXPECT_EQ(p.released(returned{connection(10), start}, after(1)), to_close);
    p.closed(connection(10), false);
    EXPECT_EQ(p.released(returned{connection(11), start}, after(1)), rests);
    EXPECT_EQ(books->open(), 1u);
}

}  // namespace
}  // namespace weir::pool

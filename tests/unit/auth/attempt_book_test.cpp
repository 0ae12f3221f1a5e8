#include "auth/attempt_book.hpp"

#include <gtest/gtest.h>

namespace weir::auth {
namespace {

using std::chrono::seconds;

struct book : testing::Test {
    milliseconds turn(const std::string& host = "h", const std::string& user = "ann") {
        return of.turn_of(host, user, milliseconds(1000), now);
    }
    void fails(int times, const std::string& host = "h", const std::string& user = "ann") {
        for (int i = 0; i < times; ++i) of.note_failure(host, user, now);
    }

    attempt_book of;
    instant now{std::chrono::hours(1)};
};

TEST_F(book, whoever_has_not_failed_often_never_waits) {
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(turn().count(), 0);
    fails(4);
    EXPECT_EQ(turn().count(), 0);
}

TEST_F(book, after_five_failures_attempts_come_one_behind_the_other) {
    fails(5);
    EXPECT_EQ(turn().count(), 1000);
    EXPECT_EQ(turn().count(), 2000);
    EXPECT_EQ(turn().count(), 3000);
    now += seconds(10);
    EXPECT_EQ(turn().count(), 1000);
}

TEST_F(book, another_user_or_host_does_not_wait) {
    fails(50);
    EXPECT_EQ(turn("h", "bob").count(), 0);
    EXPECT_EQ(turn("other", "ann").count(), 0);
}

TEST_F(book, whoever_tries_many_users_waits_as_any_of_them) {
    for (int i = 0; i < 100; ++i) fails(1, "h", "user" + std::to_string(i));
    EXPECT_EQ(turn("h", "new").count(), 50);
    EXPECT_EQ(turn("h", "newer").count(), 100);
    EXPECT_EQ(turn("other", "new").count(), 0);
}

TEST_F(book, the_right_secret_ends_it) {
    fails(20);
    of.note_success("h", "ann");
    EXPECT_EQ(turn().count(), 0);
}

TEST_F(book, failures_are_forgotten) {
    fails(20);
    now += std::chrono::minutes(11);
    EXPECT_EQ(turn().count(), 0);
    EXPECT_EQ(of.size(), 0u);
}

TEST_F(book, it_is_bounded_and_keeps_what_was_heard_of_last) {
    fails(5, "first", "x");
    for (int i = 0; i < 5000; ++i) {
        fails(1, "host" + std::to_string(i), "y");
        if (i % 100 == 0) fails(1, "first", "x");
    }
    EXPECT_LE(of.size(), attempt_book::most_entries);
    EXPECT_GT(turn("first", "x").count(), 0);
}

TEST_F(book, without_a_delay_nobody_waits) {
    fails(50);
    EXPECT_EQ(of.turn_of("h", "ann", milliseconds(0), now).count(), 0);
}

}  // namespace
}  // namespace weir::auth

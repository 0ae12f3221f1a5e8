#include "base/ring.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>

namespace weir {
namespace {

template <class Queue>
std::vector<int> all_of(const Queue& queue) {
    return {queue.begin(), queue.end()};
}

TEST(ring, is_a_queue) {
    ring<int> r;
    std::deque<int> same;
    std::mt19937 chance(1);
    for (int step = 0; step < 20000; ++step) {
        const auto what = chance() % 16;
        if (what < 8) {
            r.push_back(step);
            same.push_back(step);
        } else if (what < 14 && !same.empty()) {
            r.pop_front();
            same.pop_front();
        } else if (what == 14 && !same.empty()) {
            r.pop_back();
            same.pop_back();
        } else if (step % 50 == 0) {
            const auto even = [](int i) { return i % 2 == 0; };
            r.keep_if(even);
            std::erase_if(same, [&](int i) { return !even(i); });
        }
        ASSERT_EQ(r.size(), same.size());
        ASSERT_EQ(r.empty(), same.empty());
        if (!same.empty()) {
            ASSERT_EQ(r.front(), same.front());
            ASSERT_EQ(r.back(), same.back());
        }
    }
    EXPECT_EQ(all_of(r), all_of(same));
    r.clear();
    EXPECT_TRUE(r.empty());
    EXPECT_TRUE(all_of(r).empty());
}

TEST(ring, what_has_left_is_not_held) {
    ring<std::shared_ptr<int>> r;
    auto one = std::make_shared<int>(1);
    for (int i = 0; i < 3; ++i) r.push_back(one);
    EXPECT_EQ(one.use_count(), 4);
    r.pop_front();
    r.pop_back();
    EXPECT_EQ(one.use_count(), 2);
    r.keep_if([](const auto&) { return false; });
    EXPECT_EQ(one.use_count(), 1);
}

TEST(ring, grows_around_its_end) {
    ring<int> r;
    for (int i = 0; i < 4; ++i) r.push_back(i);
    for (int i = 0; i < 3; ++i) r.pop_front();
    for (int i = 4; i < 20; ++i) r.push_back(i);
    EXPECT_EQ(r.size(), 17u);
    for (std::size_t i = 0; i < r.size(); ++i) EXPECT_EQ(r[i], static_cast<int>(i) + 3);
}

}  // namespace
}  // namespace weir

#include "session/extended_state.hpp"

#include <gtest/gtest.h>

namespace weir::session {
namespace {

TEST(extended_state, is_blank_until_something_is_named_open_or_told) {
    extended_state it;
    EXPECT_TRUE(it.is_blank());
    it.open.bind("", nullptr);
    EXPECT_FALSE(it.is_blank());
    it.open.clear();
    it.told.set(1, false, 7);
    EXPECT_FALSE(it.is_blank());
    it.told.clear();
    it.names.add("s", nullptr);
    EXPECT_FALSE(it.is_blank());
    it.names.remove("s");
    EXPECT_FALSE(it.is_blank());  // an error would bring it back
    it.names.settle_oldest();
    it.names.settle_oldest();
    EXPECT_TRUE(it.is_blank());
}

TEST(extended_pool, lends_what_was_given_back) {
    extended_pool pool;
    auto one = pool.take();
    const auto* where = one.get();
    pool.put(std::move(one));
    EXPECT_EQ(pool.take().get(), where);
    EXPECT_NE(pool.take().get(), nullptr);
}

}  // namespace
}  // namespace weir::session

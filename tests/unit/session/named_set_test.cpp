// The statements of a connection under their clients' names: known, in doubt, or certainly not there.
#include "session/named_set.hpp"

#include <gtest/gtest.h>

namespace weir::session {
namespace {

TEST(named_set, knows_what_a_name_stands_for) {
    named_set names;
    EXPECT_TRUE(names.empty());
    EXPECT_EQ(names.find("p"), std::nullopt);
    names.set("p", 7);
    names.set("P", 8);
    EXPECT_EQ(names.find("p"), 7u);
    EXPECT_EQ(names.find("P"), 8u);
    EXPECT_EQ(names.size(), 2u);
    names.set("p", 9);
    EXPECT_EQ(names.find("p"), 9u);
    EXPECT_EQ(names.size(), 2u);
}

TEST(named_set, a_name_in_doubt_stands_for_no_statement) {
    named_set names;
    names.set("p", 7);
    names.set("q", 8);
    names.doubt("p");
    EXPECT_EQ(names.find("p"), 0u);
    EXPECT_EQ(names.find("q"), 8u);
    // ... also where it was not there before: it may be now.
    names.doubt("r");
    EXPECT_EQ(names.find("r"), 0u);
    names.doubt_all();
    EXPECT_EQ(names.find("q"), 0u);
    EXPECT_EQ(names.size(), 3u);
    EXPECT_EQ(names.find("s"), std::nullopt);
}

TEST(named_set, a_name_that_is_gone_is_certainly_not_there) {
    named_set names;
    names.set("p", 7);
    names.doubt("q");
    names.erase("p");
    names.erase("p");
    EXPECT_EQ(names.find("p"), std::nullopt);
    EXPECT_EQ(names.find("q"), 0u);
    names.clear();
    EXPECT_EQ(names.find("q"), std::nullopt);
    EXPECT_TRUE(names.empty());
}

TEST(named_set, a_name_that_is_closed_twice_is_gone_when_the_second_close_is_done) {
    named_set names;
    names.set("p", 7);
    names.close("p");
    names.set("p", 8);
    names.close("p");
    names.closed(true);
    EXPECT_EQ(names.find("p"), named_set::going);
    // The second one was skipped behind an error.
    names.closed(false);
    names.doubt_all();
    EXPECT_EQ(names.find("p"), 0u);
    names.close("p");
    names.closed(true);
    EXPECT_EQ(names.find("p"), std::nullopt);
}

}  // namespace
}  // namespace weir::session

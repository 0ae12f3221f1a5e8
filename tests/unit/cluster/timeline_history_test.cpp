#include "cluster/timeline_history.hpp"

#include <gtest/gtest.h>

namespace weir::cluster {
namespace {

const auto content = "1\t0/3000000\tno recovery target specified\n\n2\t5/A0\tbefore 2000-01-01 00:00:00+00\n";

TEST(timeline_history, is_read_line_by_line) {
    const auto read = read_timeline_history(3, content);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, (timeline_history{3, {{1, lsn{0x3000000}}, {2, lsn{0x5000000a0}}}}));
    EXPECT_EQ(read_timeline_history(2, "# nothing\n\n"), (timeline_history{2, {}}));
}

TEST(timeline_history, what_is_none_is_refused) {
    for (const auto* text : {"one\t0/0\tx\n", "1\n", "1\tnowhere\tx\n", "1x\t0/1\ty\n", "\t0/1\n"})
        EXPECT_FALSE(read_timeline_history(2, text)) << text;
}

TEST(timeline_history, positions_of_ancestors_are_carried_over_up_to_their_end) {
    const auto read = *read_timeline_history(3, content);
    const auto carried = [&](std::uint32_t timeline, std::uint64_t at) {
        return carried_over({7, timeline, lsn{at}}, 7, read);
    };
    EXPECT_EQ(carried(1, 0x2000000), (position{7, 3, lsn{0x2000000}}));
    EXPECT_EQ(carried(1, 0x3000001), (position{7, 3, lsn{0x3000000}}));
    EXPECT_EQ(carried(2, 0x600000000), (position{7, 3, lsn{0x5000000a0}}));
    EXPECT_FALSE(carried(3, 1)) << "its own";
    EXPECT_FALSE(carried(4, 1));
    EXPECT_FALSE(carried_over({8, 1, lsn{1}}, 7, read)) << "of another cluster";
}

}  // namespace
}  // namespace weir::cluster

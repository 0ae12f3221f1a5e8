#include "session/outbox.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weir::session {
namespace {

const bytes foreign = "foreign bytes";

bytes all_of(const outbox& box) {
    bytes whole;
    box.for_each([&](bytes_view part) { whole.append(part); });
    return whole;
}

TEST(outbox, says_where_all_of_it_stands_in_one_place) {
    outbox box;
    EXPECT_TRUE(box.only_part().empty());
    box.own().append("own");
    EXPECT_EQ(box.only_part(), "own");
    box.lend(foreign);
    EXPECT_TRUE(box.only_part().empty());
    EXPECT_EQ(all_of(box), "ownforeign bytes");
    box.clear();
    box.lend(bytes_view(foreign).substr(0, 7));
    box.lend(bytes_view(foreign).substr(7));
    EXPECT_EQ(box.only_part().data(), foreign.data());
    EXPECT_EQ(box.only_part(), foreign);
    box.own().append("!");
    EXPECT_TRUE(box.only_part().empty());
    EXPECT_EQ(all_of(box), "foreign bytes!");
}

}  // namespace
}  // namespace weir::session

// What a node says of itself when a connection is opened.
#include <gtest/gtest.h>

#include "session/connection_start.hpp"
#include "wire/backend.hpp"

namespace weir::session {
namespace {

using cells = std::vector<std::optional<bytes>>;

bytes row(const cells& values) {
    bytes out;
    wire::backend::append_text_row(out, values);
    return out.substr(5);  // its body
}

TEST(connection_start, is_read_from_one_row) {
    const auto start = read_start(row(cells{"-1", "1732550000123456", "repeatable read", "\"$user\", public"}));
    ASSERT_TRUE(start);
    EXPECT_EQ(start->system_identifier, ~std::uint64_t{0});
    EXPECT_EQ(start->started_at_us, 1732550000123456);
    EXPECT_EQ(start->isolation, "repeatable read");
    EXPECT_EQ(start->search_path, "\"$user\", public");
    EXPECT_TRUE(start->is_known());
}

TEST(connection_start, of_a_node_that_says_nothing_is_not_known) {
    EXPECT_FALSE(connection_start{}.is_known());
    const auto start = read_start(row(cells{std::nullopt, std::nullopt, std::nullopt, std::nullopt}));
    ASSERT_TRUE(start);
    EXPECT_FALSE(start->is_known());
}

TEST(connection_start, of_another_form_is_refused) {
    EXPECT_FALSE(read_start(row(cells{"1"})));
    EXPECT_FALSE(read_start(row(cells{"1", "2", "3", "4", "5"})));
    const bytes whole = row(cells{"1", "2", "3", "4"});
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(read_start(whole.substr(0, size))) << size;
}

}  // namespace
}  // namespace weir::session

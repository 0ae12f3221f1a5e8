// What is said for a user goes before what is said for a database, item by item.
#include "routing/overrides.hpp"

#include <gtest/gtest.h>

namespace weir::routing {
namespace {

constexpr auto split = transaction_policy::split;

TEST(Overrides, NothingIsSaid) {
    const override_table said;
    EXPECT_EQ(said.settle("ann", "shop"), overrides{});
}

TEST(Overrides, ItemByItemTheUserGoesBeforeTheDatabase) {
    override_table said;
    said.say_for_database("shop", {pool_mode::session, consistency::global, split});
    said.say_for_user("ann", {{}, consistency::eventual, {}, true});
    EXPECT_EQ(said.settle("ann", "shop"), (overrides{pool_mode::session, consistency::eventual, split, true}));
    EXPECT_EQ(said.settle("bob", "shop"), (overrides{pool_mode::session, consistency::global, split}));
    EXPECT_EQ(said.settle("ann", "other"), (overrides{{}, consistency::eventual, {}, true}));
    said.say_for_user("ann", {pool_mode::transaction, {}, transaction_policy::safe});
    EXPECT_EQ(said.settle("ann", "shop"),
              (overrides{pool_mode::transaction, consistency::global, transaction_policy::safe}));
}

TEST(Overrides, AnyDatabaseIsOneThatIsNotNamed) {
    override_table said;
    said.say_for_database("*", {{}, consistency::strong, split});
    said.say_for_database("shop", {{}, {}, split});
    EXPECT_EQ(said.settle("ann", "shop"), (overrides{{}, {}, split}));
    EXPECT_EQ(said.settle("ann", "other"), (overrides{{}, consistency::strong, split}));
}

}  // namespace
}  // namespace weir::routing

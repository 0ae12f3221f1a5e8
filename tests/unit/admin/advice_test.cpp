#include "admin/advice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/admin/sample_report.hpp"

namespace weir::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using routing::reason;

status::digest_report on_primary(const char* digest, reason why, double seconds, std::uint64_t calls = 100) {
    status::digest_report d;
    d.digest = digest;
    d.text = "select f ( a ) from t";
    d.on_primary = calls;
    d.seconds[0].sum_seconds = seconds;
    d.last = why;
    d.selects = true;
    return d;
}

TEST(advice, of_an_idle_weir_is_none) { EXPECT_THAT(advise({}), IsEmpty()); }

TEST(advice, what_frees_most_comes_first) {
    status::report now;
    auto in_transaction = on_primary("d1", reason::transaction, 3);
    in_transaction.read_only = true;
    auto function = on_primary("d2", reason::not_read_only, 10);
    function.why_not = "calls a function that is not known";
    now.digests = {in_transaction, function};
    const auto told = advise(now);
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0].about, "d2");
    EXPECT_THAT(told[0].finding, HasSubstr("calls a function that is not known"));
    EXPECT_THAT(told[0].change, HasSubstr("digest = \"d2\"\nroute = \"replicas\""));
    EXPECT_EQ(told[0].seconds, 10);
    EXPECT_EQ(told[0].count, 100u);
    EXPECT_EQ(told[1].about, "d1");
    EXPECT_THAT(told[1].change, HasSubstr("transactions = \"split\""));
}

TEST(advice, leaves_writes_rare_statements_and_rules_alone) {
    status::report now;
    auto write = on_primary("d1", reason::not_read_only, 10);
    write.selects = false;
    write.why_not = "writes";
    now.digests = {write, on_primary("d2", reason::unparsed, 10, 19), on_primary("d3", reason::rule_primary, 10),
                   on_primary("d4", reason::transaction, 10)};  // a write in a transaction
    EXPECT_THAT(advise(now), IsEmpty());
}

TEST(advice, tells_of_reads_that_no_replica_was_fresh_enough_for) {
    status::report now;
    status::traffic_report part;
    part.by_reason[static_cast<std::size_t>(reason::behind_floor)] = 50;
    part.by_reason[static_cast<std::size_t>(reason::too_far_behind)] = 30;
    part.reads[1] = 100;
    for (int i = 0; i < 100; ++i) part.seconds[0].add(milliseconds(10));
    now.traffic = {part};
    const auto told = advise(now);
    ASSERT_EQ(told.size(), 2u);
    EXPECT_THAT(told[0].change, HasSubstr("causal_wait_ms"));
    EXPECT_NEAR(told[0].seconds, 0.5, 1e-6);
    EXPECT_THAT(told[1].finding, HasSubstr("max_lag_ms"));
}

TEST(advice, tells_of_pools_that_queue_with_twice_their_size) {
    status::report now;
    status::database_traffic one{"main", "shop", 100};
    one.queue_seconds = 5;
    now.database_sums = {one};
    status::pool_report pool{"main", "a", "shop", "ann"};
    pool.limit = 20;
    now.pools = {pool};
    const auto told = advise(now);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_THAT(told[0].change, HasSubstr("size = 40"));
    EXPECT_EQ(told[0].seconds, 0);
}

}  // namespace
}  // namespace weir::admin

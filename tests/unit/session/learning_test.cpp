// Safe learning: what a replica has refused goes to the primary from then on (FACTS 10).
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

constexpr auto text = "select a from hides_a_write where b = 1";
constexpr auto same_shape = "SELECT a FROM hides_a_write WHERE b = 2";

script& is_refused(script& s, const char* sqlstate, const char* message) {
    return s.client(ask::query(text))
        .expects_replica()
        .grant()
        .backend_got(ask::query(text))
        .backend(reply().row_description().error(sqlstate, message).ready('I'))
        .client_got_nothing()
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(reply().notice("25P01", "none").command_complete("ROLLBACK").ready('I'))
        .expects_lease(primary_node)
        .grant()
        .because(reason::replica_refused)
        .backend_got(ask::query(text))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

script& goes_to_the_primary(script& s, const char* statement) {
    return s.client(ask::query(statement))
        .expects_lease(primary_node)
        .grant()
        .because(reason::learned)
        .backend_got(ask::query(statement))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(learning, a_write_that_a_replica_has_refused_is_sent_to_the_primary) {
    s.may_wait();
    is_refused(s, "25006", "cannot execute nextval() in a read-only transaction");
    ASSERT_EQ(s.around().learned.all().size(), 1u);
    const auto& known = s.around().learned.all().front();
    EXPECT_EQ(known.text, query::digest_text(text));
    EXPECT_EQ(known.message, "cannot execute nextval() in a read-only transaction");
    goes_to_the_primary(s, text);
    goes_to_the_primary(s, same_shape);
    s.reads_on_a_replica();
}

SCRIPT(learning, so_is_what_cannot_run_during_recovery) {
    is_refused(s, "55000", "recovery is in progress");
    goes_to_the_primary(s, text);
}

SCRIPT(learning, other_errors_are_repeated_and_not_remembered) {
    s.may_wait();
    is_refused(s, "42P01", "no such table");
    is_refused(s, "40001", "canceling statement due to conflict with recovery");
    is_refused(s, "55000", "something is not in its state");
    EXPECT_TRUE(s.around().learned.empty());
}

SCRIPT(learning, what_is_learned_in_one_search_path_says_nothing_of_another) {
    is_refused(s, "25006", "refused");
    const auto known = s.around().learned.all().front();
    EXPECT_TRUE(s.around().learned.holds(known.shape, known.where));
    EXPECT_FALSE(s.around().learned.holds(known.shape, known.where + 1));
}

SCRIPT(learning, a_read_only_transaction_teaches_nothing) {
    s.client(ask::query("begin read only"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query(text))
        .expects_replica()
        .grant()
        .backend_got(ask::begin_as("$1", "begin read only") + ask::query(text))
        .backend(reply().done("BEGIN").error("25006", "refused").ready('E'))
        .client_got_nothing()
        .old_backend_got(ask::query("ROLLBACK"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::begin_as("$1", "begin read only") + ask::query(text));
    EXPECT_TRUE(s.around().learned.empty());
}

SCRIPT(learning, in_a_pipeline_the_statement_that_failed_is_the_one) {
    const auto cycle = ask::extended("select 1 from first") + ask::extended(text) + ask::sync();
    s.client(cycle)
        .expects_replica()
        .grant()
        .backend_got(cycle)
        .backend(reply().parse_complete().bind_complete().error("25006", "refused"))
        .client_got_nothing()
        .old_backend_got(ask::query("ROLLBACK"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(cycle);
    ASSERT_EQ(s.around().learned.all().size(), 1u);
    EXPECT_EQ(s.around().learned.all().front().text, query::digest_text("select 1 from first"));
}

TEST(learned_set, is_bounded_and_forgets_the_oldest) {
    learned_set set(2);
    for (std::uint64_t i = 1; i <= 3; ++i) set.note({query::digest{i, i}, 7, "u", "d", "t", "m"});
    EXPECT_FALSE(set.holds({1, 1}, 7));
    EXPECT_TRUE(set.holds({2, 2}, 7));
    EXPECT_TRUE(set.holds({3, 3}, 7));
    set.note({query::digest{3, 3}, 7, "u", "d", "t", "m"});
    EXPECT_EQ(set.all().size(), 2u);
    set.clear();
    EXPECT_TRUE(set.empty());
    EXPECT_FALSE(set.holds({3, 3}, 7));
}

}  // namespace
}  // namespace weir::session

// A BEGIN at the head of an extended cycle: the others in it decide where all of them run (FACTS 9).
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

bytes unit(const char* text) { return ask::extended(text); }
bytes done(const char* tag) { return reply().done(tag).str(); }
bytes rows() { return reply().parse_complete().bind_complete().data_row().command_complete("SELECT 1").str(); }

SCRIPT(leading_begin, of_a_read_only_transaction_goes_to_a_replica_with_its_first_read) {
    const auto cycle = unit("begin read only") + unit("select 1") + ask::sync();
    s.client(cycle)
        .expects_replica()
        .grant()
        .because(reason::read)
        .backend_got(cycle)
        .backend(done("BEGIN"))
        .client_got_nothing()
        .backend(rows() + reply().ready('T').str())
        .client_got(done("BEGIN") + rows() + reply().ready('T').str())
        .keeps_lease()
        .client(ask::query("select 2"))
        .because(reason::held_replica)
        .backend_got(ask::query("select 2"))
        .backend(reply().one_row('T'))
        .client_got(reply().one_row('T'))
        // It is known how it began, so it can begin again.
        .client(ask::query("insert into t values (1)"))
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::query("ROLLBACK"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::begin_as("$1", "begin read only") + ask::query("insert into t values (1)"));
}

SCRIPT(leading_begin, what_a_replica_refuses_behind_it_is_sent_to_the_primary_as_a_whole) {
    const auto cycle = unit("begin read only") + unit("select 1") + ask::sync();
    s.client(cycle)
        .expects_replica()
        .grant()
        .backend_got(cycle)
        .backend(done("BEGIN") + reply().error("42P01", "no such table").str())
        .client_got_nothing()
        .old_backend_got(ask::query("ROLLBACK"))
        .expects_lease(primary_node)
        .grant()
        .because(reason::replica_refused)
        .backend_got(cycle)
        .backend(done("BEGIN") + rows() + reply().ready('T').str())
        .client_got(done("BEGIN") + rows() + reply().ready('T').str())
        .keeps_lease();
}

SCRIPT(leading_begin, that_says_nothing_goes_to_the_primary) {
    const auto cycle = unit("begin") + unit("select 1") + ask::sync();
    s.client(cycle).expects_lease(primary_node).grant().because(reason::transaction).backend_got(cycle);
}

SCRIPT(leading_begin, of_a_write_goes_to_the_primary) {
    const auto cycle = unit("begin read only") + unit("delete from t") + ask::sync();
    s.client(cycle).expects_lease(primary_node).grant().because(reason::not_read_only).backend_got(cycle);
}

SCRIPT(leading_begin, a_second_one_is_a_statement_like_others) {
    const auto cycle = unit("begin read only") + unit("select 1") + ask::sync();
    s.client(ask::query("begin read only"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(cycle)
        .expects_lease(primary_node)
        .grant()
        .because(reason::not_read_only)
        .backend_got(ask::begin_as("$1", "begin read only") + cycle);
}

SCRIPT(leading_begin, alone_is_answered_at_once) {
    s.client(unit("begin read only") + ask::sync()).expects_no_lease().client_got(done("BEGIN") + reply().ready('T').str());
}

SCRIPT(leading_begin, before_a_flush_is_not_sent_again) {
    const auto first = unit("begin") + unit("show datestyle") + ask::flush();
    const auto second = unit("select 1") + ask::sync();
    s.client(first)
        .expects_lease(primary_node)
        .grant()
        .backend_got(first)
        .backend(done("BEGIN") + reply().done("SHOW").str())
        .client_got(done("BEGIN") + reply().done("SHOW").str())
        .client(second)
        .backend_got(second)
        .backend(rows() + reply().ready('T').str())
        .client_got(rows() + reply().ready('T').str())
        .keeps_lease();
}

SCRIPT(leading_begin, before_a_flush_may_have_been_committed_by_then) {
    const auto first = unit("begin") + unit("commit") + unit("select 1") + ask::flush();
    const auto second = unit("select 1") + ask::sync();
    s.client(first)
        .expects_lease(primary_node)
        .grant()
        .backend_got(first)
        .backend(done("BEGIN") + done("COMMIT") + rows())
        .client(second)
        .backend_got(second)
        .backend(rows() + reply().ready('I').str())
        .client_got(done("BEGIN") + done("COMMIT") + rows() + rows() + reply().ready('I').str())
        .released_clean();
}

}  // namespace
}  // namespace weir::session

// Transactions that were declared READ ONLY: on a replica until something is not a proved read.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

constexpr auto begin_text = "begin read only";

bytes begun() { return reply().command_complete("BEGIN").ready('T').str(); }
bytes rolled_back() { return reply().command_complete("ROLLBACK").ready('I').str(); }

script& rolls_back(script& s) {
    return s.client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(rolled_back())
        .client_got(rolled_back())
        .released_clean();
}

script& commits(script& s) {
    return s.client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(reply().command_complete("COMMIT").ready('I'))
        .client_got(reply().command_complete("COMMIT").ready('I'))
        .released_clean();
}

/// A READ ONLY transaction with one read done on a replica.
script& reads_in_transaction(script& s) {
    return s.client(ask::query(begin_text))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 1"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'))
        .keeps_lease();
}

SCRIPT(read_only_transaction, runs_on_a_replica_to_its_end) {
    reads_in_transaction(s)
        .client(ask::query("select 2"))
        .because(reason::held_replica)
        .backend_got(ask::query("select 2"))
        .backend(reply().one_row('T'))
        .client_got(reply().one_row('T'))
        .client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(reply().command_complete("COMMIT").ready('I'))
        .client_got(reply().command_complete("COMMIT").ready('I'))
        .released_clean()
        .asked_no_position();
}

SCRIPT(read_only_transaction, moves_to_the_primary_for_what_is_no_proved_read) {
    reads_in_transaction(s)
        .client(ask::query("insert into t values (1)"))
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(reply().command_complete("ROLLBACK").ready('I'))
        .old_backend_is(fake_backend::state::idle)
        .expects_lease(primary_node)
        .grant()
        .because(reason::not_read_only)
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("insert into t values (1)"))
        .backend(reply().done("BEGIN").error("25006", "read-only transaction").ready('E'))
        .client_got(reply().error("25006", "read-only transaction").ready('E'));
    rolls_back(s);
}

SCRIPT(read_only_transaction, an_error_before_the_first_row_moves_it) {
    reads_in_transaction(s)
        .client(ask::query("select * from new_table"))
        .backend_got(ask::query("select * from new_table"))
        .backend(reply().error("42P01", "no such table").ready('E'))
        .client_got_nothing()
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(reply().command_complete("ROLLBACK").ready('I'))
        .expects_lease(primary_node)
        .grant()
        .because(reason::replica_refused)
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select * from new_table"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
    commits(s);
}

SCRIPT(read_only_transaction, fails_where_it_is_after_its_first_row) {
    reads_in_transaction(s)
        .client(ask::query("select 1/a from t"))
        .backend_got(ask::query("select 1/a from t"))
        .backend(reply().row_description().data_row().error("22012", "division by zero").ready('E'))
        .client_got(reply().row_description().data_row().error("22012", "division by zero").ready('E'))
        .keeps_lease()
        // It has failed there, and there it is answered whatever comes.
        .client(ask::query("insert into t values (1)"))
        .backend_got(ask::query("insert into t values (1)"))
        .backend(reply().error("25P02", "aborted").ready('E'))
        .client_got(reply().error("25P02", "aborted").ready('E'));
    rolls_back(s);
}

SCRIPT(read_only_transaction, its_begin_fails_on_the_replica_and_the_primary_is_asked) {
    s.client(ask::query(begin_text))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 1"))
        .backend(reply().parse_complete().bind_complete().error("0A000", "serializable in recovery"))
        .client_got_nothing()
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::sync() + ask::query("ROLLBACK"))
        .old_backend(reply().ready('I').notice("25P01", "none").then(rolled_back()))
        .old_backend_is(fake_backend::state::idle)
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 1"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
    rolls_back(s);
}

SCRIPT(read_only_transaction, at_repeatable_read_starts_on_the_primary) {
    const auto text = "begin isolation level repeatable read read only";
    s.client(ask::query(text))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_lease(primary_node)
        .grant()
        .because(reason::isolation)
        .backend_got(ask::begin_as("$1", text) + ask::query("select 1"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
    rolls_back(s);
}

SCRIPT(read_only_transaction, stays_for_messages_that_run_nothing) {
    reads_in_transaction(s)
        .client(ask::sync())
        .backend_got(ask::sync())
        .backend(reply().ready('T'))
        .client_got(reply().ready('T'))
        .client(ask::close_portal("c") + ask::sync())
        .backend_got(ask::close_portal("c") + ask::sync())
        .backend(reply().close_complete().ready('T'))
        .client_got(reply().close_complete().ready('T'))
        .client(ask::flush())
        .backend_got(ask::flush());
    commits(s);
}

SCRIPT(read_only_transaction, a_replica_lost_between_statements_is_not_missed) {
    reads_in_transaction(s).backend_closes().released_closed().client_got_nothing();
    EXPECT_EQ(s.shell().probed.size(), 1u);
    s.client(ask::query("select 2"))
        .expects_replica()
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 2"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
    rolls_back(s);
}

SCRIPT(read_only_transaction, a_conflict_with_recovery_between_statements_is_not_missed) {
    reads_in_transaction(s)
        .backend(reply().error("40001", "terminating connection due to conflict with recovery", "FATAL"))
        .released_closed()
        .client_got_nothing()
        .client(ask::query("commit"))
        .expects_no_lease()
        .client_got(reply().command_complete("COMMIT").ready('I'));
}

SCRIPT(read_only_transaction, a_portal_that_is_open_is_lost_with_its_replica) {
    s.client(ask::query(begin_text)).client_got(begun());
    const auto cycle = ask::parse("", "select 1") + ask::bind("p", "") + ask::execute("p", 1) + ask::sync();
    s.client(cycle)
        .expects_replica()
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + cycle)
        .backend(reply().done("BEGIN").parse_complete().bind_complete().data_row().portal_suspended().ready('T'))
        .client_got(reply().parse_complete().bind_complete().data_row().portal_suspended().ready('T'))
        .backend_closes()
        .released_closed()
        .closed_client()
        .client_got(reply().error("08006", "the connection to the server was lost", "FATAL"));
}

SCRIPT(read_only_transaction, an_error_in_its_first_statement_is_the_primarys_to_answer) {
    s.client(ask::query(begin_text))
        .client_got(begun())
        .client(ask::query("select * from new_table"))
        .expects_replica()
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select * from new_table"))
        .backend(reply().done("BEGIN").error("42P01", "no such table").ready('E'))
        .client_got_nothing()
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(rolled_back())
        .expects_lease(primary_node)
        .grant()
        .because(reason::replica_refused)
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select * from new_table"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
    commits(s);
}

SCRIPT(read_only_transaction, a_replica_lost_before_the_first_row_is_replaced_by_the_primary) {
    reads_in_transaction(s)
        .client(ask::query("select 2"))
        .backend_got(ask::query("select 2"))
        .backend_closes()
        .client_got_nothing()
        .expects_lease(primary_node)
        .grant()
        .because(reason::replica_lost)
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 2"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
    rolls_back(s);
}

}  // namespace
}  // namespace weir::session

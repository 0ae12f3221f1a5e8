// What a replica refuses or loses before its first row: the primary is asked, and its answer counts.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

/// A simple read, granted and sent to a replica.
script& reads(script& s, bytes_view text = "select a from t") {
    return s.client(ask::query(text)).expects_replica().grant().backend_got(ask::query(text));
}

SCRIPT(replica_retry, an_error_before_the_first_row_is_answered_by_the_primary_alone) {
    reads(s)
        .backend(reply().row_description().error("25006", "read-only transaction").ready('I'))
        .client_got_nothing()
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(reply().notice("25P01", "none").command_complete("ROLLBACK").ready('I'))
        .old_backend_is(fake_backend::state::idle)
        .expects_lease(primary_node)
        .grant()
        .because(reason::replica_refused)
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(replica_retry, the_primarys_error_counts) {
    reads(s)
        .backend(reply().notice("01000", "from the replica").error("42P01", "on the replica").ready('I'))
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(reply().command_complete("ROLLBACK").ready('I'))
        .grant()
        .backend_got(ask::query("select a from t"))
        .backend(reply().error("42P01", "on the primary").ready('I'))
        .client_got(reply().error("42P01", "on the primary").ready('I'))
        .released_clean();
}

SCRIPT(replica_retry, an_error_after_the_first_row_is_passed_on) {
    const bytes answer = reply().row_description().data_row().error("22012", "division").ready('I').str();
    reads(s).backend(answer).client_got(answer).released_clean();
}

SCRIPT(replica_retry, a_cancelled_read_is_passed_on) {
    const bytes answer = reply().row_description().error("57014", "canceled").ready('I').str();
    reads(s).backend(answer).client_got(answer).released_clean();
}

SCRIPT(replica_retry, a_connection_lost_before_the_first_row) {
    reads(s)
        .backend(reply().row_description())
        .backend_closes()
        .client_got_nothing()
        .expects_lease(primary_node)
        .grant()
        .because(reason::replica_lost)
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
    EXPECT_EQ(s.shell().probed.size(), 1u);
}

SCRIPT(replica_retry, a_fatal_error_before_the_first_row) {
    reads(s)
        .backend(reply().error("57P01", "terminating", "FATAL"))
        .client_got_nothing()
        .old_backend_got(ask::query("ROLLBACK"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
    EXPECT_EQ(s.shell().probed.size(), 1u) << "a node that goes down is looked at";
}

SCRIPT(replica_retry, a_recovery_conflict_is_told_of_the_replica_and_repeated) {
    reads(s)
        .backend(reply().error("40001", "canceling statement due to conflict with recovery").ready('I'))
        .client_got_nothing()
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(reply().command_complete("ROLLBACK").ready('I'))
        .grant()
        .because(reason::replica_refused)
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
    ASSERT_EQ(s.shell().conflicts.size(), 1u);
    EXPECT_NE(s.shell().conflicts.at(0), primary_node);
}

SCRIPT(replica_retry, a_connection_lost_after_the_first_row_ends_the_client_with_an_error) {
    reads(s)
        .backend(reply().row_description().data_row())
        .client_got(reply().row_description().data_row())
        .backend_closes()
        .released_closed()
        .client_got(reply().error("08006", "the connection to the server was lost", "FATAL"))
        .closed_client();
}

SCRIPT(replica_retry, a_replica_that_is_out_of_step_before_its_first_row) {
    reads(s)
        .backend(reply().bind_complete())
        .client_got_nothing()
        .released_closed()
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(replica_retry, a_replica_that_cannot_be_reached) {
    s.client(ask::query("select 1"))
        .expects_replica()
        .refuse({"08006", "refused"}, true)
        .expects_lease(primary_node)
        .grant()
        .because(reason::replica_lost)
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
    EXPECT_NE(s.shell().probed.at(0), primary_node);
}

SCRIPT(replica_retry, extended_with_prepared_names) {
    s.may_wait();
    s.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[2].up = false; });
    const bytes cycle = ask::parse("s1", "select a from t") + ask::bind("", "s1") +
                        ask::describe_portal("") + ask::execute() + ask::sync();
    s.client(cycle)
        .expects_replica()
        .grant()
        .backend_got(ask::parse("$1", "select a from t") + ask::bind("", "$1") +
                     ask::describe_portal("") + ask::execute() + ask::sync())
        .backend(reply().parse_complete().bind_complete().row_description().error("XX000", "replica"))
        .client_got_nothing()
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(reply().ready('I').command_complete("ROLLBACK").ready('I'))
        .old_backend_is(fake_backend::state::idle)
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::parse("$1", "select a from t") + ask::bind("", "$1") +
                     ask::describe_portal("") + ask::execute() + ask::sync())
        .backend(reply().parse_complete().bind_complete().row_description().data_row())
        .client_got(reply().parse_complete().bind_complete().row_description().data_row())
        .backend(reply().command_complete("SELECT 1").ready('I'))
        .client_got(reply().command_complete("SELECT 1").ready('I'))
        .released_clean();
    // The name is the client's, and on the replica it is still prepared.
    s.client(ask::bind("", "s1") + ask::execute() + ask::sync())
        .expects_lease(replica_1)
        .grant()
        .backend_got(ask::bind("", "$1") + ask::execute() + ask::sync())
        .backend(reply().bind_complete().data_row().command_complete("SELECT 1").ready('I'))
        .client_got(reply().bind_complete().data_row().command_complete("SELECT 1").ready('I'))
        .released_clean();
}

SCRIPT(replica_retry, a_name_that_only_the_replica_took_is_free_again) {
    s.may_wait();
    s.client(ask::parse("s1", "select a from t") + ask::bind("", "s1") + ask::execute() + ask::sync())
        .expects_replica()
        .grant()
        .backend_got(ask::parse("$1", "select a from t") + ask::bind("", "$1") + ask::execute() +
                     ask::sync())
        .backend(reply().parse_complete().error("XX000", "at Bind"))
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(reply().ready('I').command_complete("ROLLBACK").ready('I'))
        .grant()
        .backend_got(ask::parse("$1", "select a from t") + ask::bind("", "$1") + ask::execute() +
                     ask::sync())
        .backend(reply().error("42P01", "no such table").ready('I'))
        .client_got(reply().error("42P01", "no such table").ready('I'))
        .released_clean()
        // The client was told that its Parse failed.
        .client(ask::parse("s1", "select a from t") + ask::sync())
        .expects_replica()
        .grant()
        .backend_got(ask::parse("$2", "select a from t") + ask::sync())
        .backend(reply().parse_complete().ready('I'))
        .client_got(reply().parse_complete().ready('I'))
        .released_clean();
}

SCRIPT(replica_retry, an_empty_result_is_an_answer) {
    const bytes answer = reply().row_description().command_complete("SELECT 0").ready('I').str();
    reads(s).backend(answer).client_got(answer).released_clean();
}

SCRIPT(replica_retry, what_is_held_back_comes_with_the_first_row) {
    reads(s)
        .backend(reply().notice("01000", "careful").row_description())
        .client_got_nothing()
        .backend(reply().data_row("1"))
        .client_got(reply().notice("01000", "careful").row_description().data_row("1"))
        .backend(reply().data_row("2"))
        .client_got(reply().data_row("2"))
        .backend(reply().command_complete("SELECT 2").ready('I'))
        .client_got(reply().command_complete("SELECT 2").ready('I'))
        .released_clean();
}

SCRIPT(replica_retry, while_no_primary_is_there_the_error_waits_for_one) {
    s.client(ask::query("select a from t"))
        .grant()
        .backend_got(ask::query("select a from t"))
        .primary_goes()
        .backend(reply().error("42P01", "no such table").ready('I'))
        .old_backend_got(ask::query("ROLLBACK"))
        .expects_no_lease()
        .is_in(phase::holding)
        .primary_comes()
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

}  // namespace
}  // namespace weir::session

// Several cycles sent at once, cycles that end in Flush, and errors in the middle of them.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

SCRIPT(pipeline, queries_sent_at_once_are_answered_in_order) {
    s.client(ask::query("select 1") + ask::query("insert into t values (1)") + ask::query("select 2"))
        .expects_replica()
        .grant()
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("insert into t values (1)"))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .expects_lease(primary_node)
        .grant()
        .because(reason::position_unknown)
        .backend_got(ask::query("select 2"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(pipeline, syncs_sent_at_once_are_answered_one_by_one) {
    const bytes one = ask::extended("select 1") + ask::sync();
    s.client(one + ask::sync() + one).expects_replica();
    for (int i = 0; i < 2; ++i) {
        const auto to = *s.shell().asked;
        s.grant().backend_got(one).backend(reply().done("SELECT 0").ready('I'));
        if (i == 0) {
            s.client_got(reply().done("SELECT 0").ready('I').ready('I')).expects_replica();
        } else {
            s.client_got(reply().done("SELECT 0").ready('I')).released_clean();
        }
        EXPECT_NE(to, primary_node);
    }
}

SCRIPT(pipeline, statements_under_one_sync_are_judged_together) {
    const bytes cycle = ask::extended("select 1") + ask::extended("insert into t values (1)") + ask::sync();
    s.client(cycle)
        .expects_lease(primary_node)
        .grant()
        .backend_got(cycle)
        .backend(reply().done("SELECT 0").then(reply().done("INSERT 0 1").ready('I')))
        .client_got(reply().done("SELECT 0").then(reply().done("INSERT 0 1").ready('I')))
        .released_clean()
        .asked_position();
}

SCRIPT(pipeline, an_error_in_the_middle_answers_the_rest_up_to_sync) {
    const bytes cycle = ask::extended("insert into t values (1)") +
                        ask::extended("insert into t values (2)") + ask::sync();
    s.client(cycle + ask::query("insert into t values (3)"))
        .grant()
        .backend_got(cycle)
        .backend(reply().parse_complete().bind_complete().error("23505", "twice").ready('I'))
        .client_got(reply().parse_complete().bind_complete().error("23505", "twice").ready('I'))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("insert into t values (3)"))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(pipeline, parse_and_describe_with_flush_then_execute) {
    s.client(ask::parse("a", "select 1") + ask::describe("a") + ask::flush())
        .expects_replica()
        .grant()
        .backend_got(ask::parse("$1", "select 1") + ask::describe("$1") + ask::flush())
        .backend(reply().parse_complete().parameter_description().row_description())
        .client_got(reply().parse_complete().parameter_description().row_description())
        .keeps_lease()
        .client(ask::bind("", "a") + ask::execute() + ask::sync())
        .backend_got(ask::bind("", "$1") + ask::execute() + ask::sync())
        .backend(reply().bind_complete().data_row().command_complete("SELECT 1").ready('I'))
        .client_got(reply().bind_complete().data_row().command_complete("SELECT 1").ready('I'))
        .released_clean();
}

SCRIPT(pipeline, what_was_described_on_a_replica_moves_to_the_primary_with_its_names) {
    s.client(ask::parse("a", "select 1") + ask::describe("a") + ask::flush())
        .expects_replica()
        .grant()
        .backend_got(ask::parse("$1", "select 1") + ask::describe("$1") + ask::flush())
        .backend(reply().parse_complete().parameter_description().row_description())
        .client_got(reply().parse_complete().parameter_description().row_description())
        // The first Execute chooses the node.
        .client(ask::bind("", "a") + ask::execute() + ask::extended("insert into t values (1)") +
                ask::sync())
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::sync() + ask::query("ROLLBACK"))
        .old_backend(reply().ready('I').command_complete("ROLLBACK").ready('I'))
        .old_backend_is(fake_backend::state::idle)
        .expects_lease(primary_node)
        .grant()
        // What the client was told of its rows must hold there, too.
        .backend_got(ask::parse("$1", "select 1") + ask::describe("$1") + ask::sync())
        .backend(reply().parse_complete().parameter_description().row_description().ready('I'))
        .backend_got(ask::bind("", "$1") + ask::execute() + ask::extended("insert into t values (1)") +
                     ask::sync())
        .backend(reply()
                     .bind_complete()
                     .data_row()
                     .command_complete("SELECT 1")
                     .done("INSERT 0 1")
                     .ready('I'))
        .client_got(reply()
                        .bind_complete()
                        .data_row()
                        .command_complete("SELECT 1")
                        .done("INSERT 0 1")
                        .ready('I'))
        .released_clean();
}

SCRIPT(pipeline, an_unnamed_statement_described_on_a_replica_moves_too) {
    s.client(ask::parse("", "select 1") + ask::describe("") + ask::flush())
        .grant()
        .backend_got(ask::parse("", "select 1") + ask::describe("") + ask::flush())
        .backend(reply().parse_complete().parameter_description().row_description())
        .client_got(reply().parse_complete().parameter_description().row_description())
        .client(ask::bind("", "") + ask::execute() + ask::sync())
        .backend_got(ask::bind("", "") + ask::execute() + ask::sync())
        .backend(reply().error("40001", "recovery conflict").ready('I'))
        .old_backend_got(ask::query("ROLLBACK"))
        .old_backend(reply().command_complete("ROLLBACK").ready('I'))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::parse("", "select 1") + ask::describe("") + ask::sync())
        .backend(reply().parse_complete().parameter_description().row_description().ready('I'))
        .backend_got(ask::bind("", "") + ask::execute() + ask::sync())
        .backend(reply().bind_complete().command_complete("SELECT 0").ready('I'))
        .client_got(reply().bind_complete().command_complete("SELECT 0").ready('I'))
        .released_clean();
}

SCRIPT(pipeline, an_error_in_a_flush_segment_skips_to_sync) {
    s.may_wait();
    s.client(ask::parse("a", "insert into nowhere values (1)") + ask::describe("a") + ask::flush())
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::parse("$1", "insert into nowhere values (1)") + ask::describe("$1") +
                     ask::flush())
        .backend(reply().error("42P01", "no such table"))
        .client_got(reply().error("42P01", "no such table"))
        .keeps_lease()
        .client(ask::bind("", "a") + ask::execute() + ask::flush() + ask::parse("b", "select 1") +
                ask::query("select 1"))
        .backend_got_nothing()
        .client_got_nothing()
        .client(ask::sync())
        .backend_got(ask::sync())
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean()
        // Neither name was taken.
        .client(ask::parse("a", "select 1") + ask::parse("b", "select 2") + ask::sync())
        .expects_replica()
        .grant()
        .backend_got(ask::parse("$2", "select 1") + ask::parse("$3", "select 2") + ask::sync())
        .backend(reply().parse_complete().parse_complete().ready('I'))
        .client_got(reply().parse_complete().parse_complete().ready('I'))
        .released_clean();
}

SCRIPT(pipeline, a_query_behind_a_failing_parse_waits_for_the_clients_sync) {
    s.client(ask::parse("", "insert into nowhere values (1)") + ask::query("insert into t values (1)"))
        .grant()
        .backend_got(ask::parse("", "insert into nowhere values (1)") +
                     ask::query("insert into t values (1)"))
        .backend(reply().error("42P01", "no such table"))
        .client_got(reply().error("42P01", "no such table"))
        .backend_got_nothing()
        .client(ask::sync())
        .backend_got(ask::sync())
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean();
}

SCRIPT(pipeline, no_lease_for_a_flush_segment_skips_to_sync) {
    s.client(ask::parse("a", "select 1") + ask::describe("a") + ask::flush())
        .expects_replica()
        .refuse({"53300", "too many"})
        .client_got(reply().error("53300", "too many"))
        .client(ask::bind("", "a") + ask::execute() + ask::sync())
        .expects_no_lease()
        .client_got(reply().ready('I'))
        .client(ask::parse("a", "select 1") + ask::sync())
        .grant()
        .backend_got(ask::parse("$1", "select 1") + ask::sync())
        .backend(reply().parse_complete().ready('I'))
        .client_got(reply().parse_complete().ready('I'))
        .released_clean();
}

SCRIPT(pipeline, a_flush_alone_is_no_work) {
    s.client(ask::flush()).expects_no_lease().client_got_nothing();
    s.client(ask::sync()).expects_no_lease().client_got(reply().ready('I'));
}

SCRIPT(pipeline, an_execute_with_a_row_limit_is_taken_up_again) {
    const bytes first = ask::parse("", "select a from t") + ask::bind("c", "") + ask::execute("c", 2) +
                        ask::flush();
    // The portal stays open over the Flush, and what comes next may be a write.
    s.client(first)
        .expects_lease(primary_node)
        .grant()
        .backend_got(first)
        .backend(reply().parse_complete().bind_complete().data_row().data_row().portal_suspended())
        .client_got(reply().parse_complete().bind_complete().data_row().data_row().portal_suspended())
        .keeps_lease()
        .client(ask::execute("c", 2) + ask::flush())
        .because(reason::held_primary)
        .backend_got(ask::execute("c", 2) + ask::flush())
        .backend(reply().data_row().command_complete("SELECT 1"))
        .client_got(reply().data_row().command_complete("SELECT 1"))
        .client(ask::close_portal("c") + ask::sync())
        .backend_got(ask::close_portal("c") + ask::sync())
        .backend(reply().close_complete().ready('I'))
        .client_got(reply().close_complete().ready('I'))
        .released_clean();
}

SCRIPT(pipeline, a_portal_described_alone_stays_where_it_is) {
    const bytes first = ask::parse("", "select a from t") + ask::bind("c", "") + ask::flush();
    s.client(first)
        .grant()
        .backend_got(first)
        .backend(reply().parse_complete().bind_complete())
        .client_got(reply().parse_complete().bind_complete())
        .client(ask::describe_portal("c") + ask::execute("c") + ask::sync())
        .backend_got(ask::describe_portal("c") + ask::execute("c") + ask::sync())
        .backend(reply().row_description().data_row().command_complete("SELECT 1").ready('I'))
        .client_got(reply().row_description().data_row().command_complete("SELECT 1").ready('I'))
        .released_clean();
}

SCRIPT(pipeline, an_error_of_a_portal_opened_before_is_the_replicas_to_tell) {
    const bytes first = ask::parse("", "select a from t") + ask::bind("c", "") + ask::execute("c", 1) +
                        ask::flush();
    s.client(first)
        .grant()
        .backend_got(first)
        .backend(reply().parse_complete().bind_complete().data_row().portal_suspended())
        .client_got(reply().parse_complete().bind_complete().data_row().portal_suspended())
        // The primary knows no such portal: what it would say is not what happened.
        .client(ask::execute("c", 1) + ask::sync())
        .backend_got(ask::execute("c", 1) + ask::sync())
        .backend(reply().error("40001", "recovery conflict").ready('I'))
        .client_got(reply().error("40001", "recovery conflict").ready('I'))
        .released_clean();
}

SCRIPT(pipeline, several_statements_in_one_string_are_judged_together) {
    s.client(ask::query("select 1; select 2"))
        .expects_replica()
        .grant()
        .backend_got(ask::query("select 1; select 2"))
        .backend(reply().row_description().data_row().command_complete("SELECT 1").one_row())
        .client_got(reply().row_description().data_row().command_complete("SELECT 1").one_row())
        .released_clean()
        .client(ask::query("select 1; delete from t"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("select 1; delete from t"))
        .backend(reply().row_description().data_row().command_complete("SELECT 1"))
        .backend(reply().command_complete("DELETE 0").ready('I'))
        .client_got(reply()
                        .row_description()
                        .data_row()
                        .command_complete("SELECT 1")
                        .command_complete("DELETE 0")
                        .ready('I'))
        .released_clean();
}

}  // namespace
}  // namespace weir::session

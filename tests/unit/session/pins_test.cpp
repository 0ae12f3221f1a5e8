// Pins: what cannot be carried keeps the lease, for as long as the server says that it is there.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;
using routing::reason;

constexpr auto whatever = pin_cause::settings | pin_cause::temporary | pin_cause::hold_cursor |
                          pin_cause::advisory_lock | pin_cause::listen;

/// A session that listens, and so has a lease of its own.
script& listens(script& s) {
    return s.runs("listen channel", "LISTEN")
        .inspected(pin_cause::listen, {found_row("l")})
        .keeps_lease()
        .pinned_by(pin_cause::listen);
}

SCRIPT(pins, what_a_statement_may_leave_is_asked_for_and_kept_where_it_is_there) {
    struct {
        const char* text;
        const char* tag;
        pin_cause kind;
        const char* mark;
    } const all[] = {
        {"create temp table x (a int)", "CREATE TABLE", pin_cause::temporary, "t"},
        {"declare c cursor with hold for select 1", "DECLARE CURSOR", pin_cause::hold_cursor, "h"},
        {"select pg_advisory_lock(1)", "SELECT 1", pin_cause::advisory_lock, "a"},
        {"listen channel", "LISTEN", pin_cause::listen, "l"},
    };
    for (const auto& one : all) {
        s.runs(one.text, one.tag)
            .inspected(one.kind, {found_row(one.mark)})
            .is_in(phase::ready)
            .keeps_lease()
            .pinned_by(one.kind);
        s.client_leaves().old_backend_got(ask::query("DISCARD ALL"));
        s.old_backend(reply().command_complete("DISCARD ALL").ready('I')).another_client_comes();
    }
}

SCRIPT(pins, what_is_not_there_keeps_nothing) {
    s.runs("create temp table x (a int) on commit drop", "CREATE TABLE")
        .inspected(pin_cause::temporary)
        .released_clean()
        .pinned_by(pin_cause::none);
    // LESSONS 4: a lock that was not to be had.
    s.runs("select pg_try_advisory_lock(1)", "SELECT 1")
        .inspected(pin_cause::advisory_lock)
        .released_clean()
        .position(0x100)
        .reads_on_a_replica();
}

SCRIPT(pins, each_has_its_cause_and_each_its_end) {
    listens(s)
        .runs("create temp table x (a int)", "CREATE TABLE")
        .inspected(pin_cause::temporary, {found_row("t")})
        .pinned_by(pin_cause::temporary | pin_cause::listen);
    s.runs("select pg_advisory_lock(1)", "SELECT 1")
        .inspected(pin_cause::advisory_lock, {found_row("a")})
        .pinned_by(pin_cause::temporary | pin_cause::listen | pin_cause::advisory_lock);
    s.runs("unlisten *", "UNLISTEN")
        .inspected(pin_cause::listen)
        .pinned_by(pin_cause::temporary | pin_cause::advisory_lock);
    s.runs("drop table x", "DROP TABLE")
        .inspected(pin_cause::temporary)
        .pinned_by(pin_cause::advisory_lock);
    // The lock was taken twice.
    s.runs("select pg_advisory_unlock(1)", "SELECT 1")
        .inspected(pin_cause::advisory_lock, {found_row("a")})
        .keeps_lease();
    s.runs("select pg_advisory_unlock(1)", "SELECT 1")
        .inspected(pin_cause::advisory_lock)
        .released_clean()
        .pinned_by(pin_cause::none);
}

SCRIPT(pins, on_a_pinned_lease_only_what_a_statement_may_touch_is_asked_for) {
    listens(s)
        .client(ask::query("select 1"))
        .because(reason::held_primary)
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .is_in(phase::ready)
        .backend_got_nothing();
    s.runs("insert into t values (1)", "INSERT 0 1").backend_got_nothing().keeps_lease();
    s.runs("drop table x", "DROP TABLE").backend_got_nothing().keeps_lease();
}

SCRIPT(pins, what_ends_a_pin_that_is_not_there_asks_nothing) {
    for (const auto text : {"unlisten *", "close all", "select pg_advisory_unlock_all()",
                            "drop table x", "discard temp", "discard plans"})
        s.runs(text, "DONE").released_clean();
}

SCRIPT(pins, functions_that_nobody_knows_may_leave_anything) {
    for (const auto text : {"select f()", "do $$ begin end $$", "call p()",
                            "select pg_temp.f(), pg_advisory_lock(1)"})
        s.runs(text, "DONE").inspected(whatever).released_clean();
    s.runs("select f()", "SELECT 1")
        .inspected(whatever, {found_row("a"), found_row("h")})
        .keeps_lease()
        .pinned_by(pin_cause::advisory_lock | pin_cause::hold_cursor);
}

SCRIPT(pins, functions_that_are_built_in_leave_nothing) {
    s.runs("select nextval('s'), clock_timestamp(), pg_advisory_xact_lock(1)", "SELECT 1").released_clean();
}

SCRIPT(pins, a_function_call_may_leave_anything) {
    const bytes call = ask::message('F', bytes("\0\0\0\x01\0\0\0\0\0\0", 10));
    s.client(call)
        .expects_lease(primary_node)
        .grant()
        .backend_got(call)
        .backend(reply().function_result().ready('I'))
        .client_got(reply().function_result().ready('I'))
        .inspected(whatever, {found_row("a")})
        .pinned_by(pin_cause::advisory_lock);
}

SCRIPT(pins, text_that_is_not_understood_may_leave_anything) {
    s.runs("frobnicate the table", "FROBNICATE")
        .inspected(whatever | pin_cause::sql_prepare, {found_row("t")})
        .keeps_lease()
        .pinned_by(pin_cause::temporary);
}

SCRIPT(pins, a_name_that_it_prepared_is_not_known_and_cannot_be_carried) {
    s.runs("prepare p as frobnicate", "PREPARE")
        .inspected(whatever | pin_cause::sql_prepare, {statement_row("p")})
        .keeps_lease()
        .pinned_by(pin_cause::sql_prepare);
    s.runs("deallocate all", "DEALLOCATE ALL").released_clean().pinned_by(pin_cause::none);
}

SCRIPT(pins, a_syntax_error_keeps_nothing) {
    s.client(ask::query("selec 1"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("selec 1"))
        .backend(reply().error("42601", "syntax error").ready('I'))
        .client_got(reply().error("42601", "syntax error").ready('I'))
        .released_clean();
    s.client(ask::extended("selec 1") + ask::sync())
        .grant()
        .backend_got(ask::extended("selec 1") + ask::sync())
        .backend(reply().error("42601", "syntax error").ready('I'))
        .client_got(reply().error("42601", "syntax error").ready('I'))
        .released_clean();
    // ... but another error may come after something was done.
    s.client(ask::query("frobnicate the table"))
        .grant()
        .backend_got(ask::query("frobnicate the table"))
        .backend(reply().error("42P01", "no table").ready('I'))
        .client_got(reply().error("42P01", "no table").ready('I'))
        .inspected(whatever | pin_cause::sql_prepare)
        .released_clean();
}

SCRIPT(pins, in_a_transaction_they_are_asked_for_at_its_end) {
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query("create temp table x (a int)"))
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query("create temp table x (a int)"))
        .backend(reply().done("BEGIN").command_complete("CREATE TABLE").ready('T'))
        .client_got(reply().command_complete("CREATE TABLE").ready('T'))
        .is_in(phase::ready)
        .client(ask::query("select pg_advisory_lock(1)"))
        .backend_got(ask::query("select pg_advisory_lock(1)"))
        .backend(reply().one_row('T'))
        .client_got(reply().one_row('T'));
    s.runs("rollback", "ROLLBACK")
        .inspected(pin_cause::temporary | pin_cause::advisory_lock, {found_row("a")})
        .keeps_lease()
        .pinned_by(pin_cause::advisory_lock);
}

SCRIPT(pins, what_comes_meanwhile_waits_for_the_answer) {
    s.client(ask::query("listen channel") + ask::query("select 1"))
        .grant()
        .backend_got(ask::query("listen channel"))
        .backend(reply().command_complete("LISTEN").ready('I'))
        .client_got(reply().command_complete("LISTEN").ready('I'))
        .client(ask::query("select 2"))
        .inspected(pin_cause::listen, {found_row("l")})
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .backend_got(ask::query("select 2"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .keeps_lease();
}

SCRIPT(pins, what_comes_meanwhile_goes_elsewhere_where_nothing_is_there) {
    s.may_wait();
    s.client(ask::query("listen channel; unlisten *") + ask::query("select 1"))
        .grant()
        .backend_got(ask::query("listen channel; unlisten *"))
        .backend(reply().command_complete("LISTEN").command_complete("UNLISTEN").ready('I'))
        .client_got(reply().command_complete("LISTEN").command_complete("UNLISTEN").ready('I'))
        .inspected(pin_cause::listen)
        .released_clean()
        .expects_replica()
        .grant()
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row());
}

SCRIPT(pins, a_question_that_is_cancelled_is_asked_again) {
    s.runs("listen channel", "LISTEN")
        .asks_for(pin_cause::listen)
        .backend(reply().error("57014", "canceling statement").ready('I'))
        .is_in(phase::ready)
        .keeps_lease();
    s.runs("insert into t values (1)", "INSERT 0 1")
        .inspected(pin_cause::listen, {found_row("l")})
        .pinned_by(pin_cause::listen);
}

SCRIPT(pins, an_answer_of_another_form_ends_the_connection) {
    s.runs("listen channel", "LISTEN")
        .asks_for(pin_cause::listen)
        .backend(reply().row_description().data_row("l"))
        .released_closed()
        .closed_client()
        .client_got(reply().error("08P01", "a row that Weir asked for has another form", "FATAL"));
}

SCRIPT(pins, a_cancel_while_it_is_asked_is_for_a_statement_that_is_over) {
    s.runs("listen channel", "LISTEN").cancel();
    EXPECT_FALSE(s.shell().cancelled_backend);
    s.inspected(pin_cause::listen, {found_row("l")}).keeps_lease();
}

SCRIPT(pins, discard_all_ends_all_that_can_be_discarded) {
    s.may_wait();
    listens(s);
    s.runs("discard all", "DISCARD ALL")
        .inspected(pin_cause::settings | pin_cause::listen)
        .released_clean()
        .pinned_by(pin_cause::none)
        .reads_on_a_replica();
}

SCRIPT(pins, a_client_that_leaves_has_them_discarded) {
    listens(s)
        .client(ask::terminate())
        .closed_client()
        .released({.discard = true}, "to be discarded")
        .old_backend_got(ask::query("DISCARD ALL"))
        .old_backend(reply().command_complete("DISCARD ALL").ready('I'))
        .old_backend_is(fake_backend::state::idle);
}

SCRIPT(pins, a_client_that_leaves_before_the_answer_has_all_discarded) {
    s.runs("listen channel", "LISTEN")
        .asks_for(pin_cause::listen)
        .client_leaves()
        .released({.discard = true}, "to be discarded")
        .old_backend_got(ask::query("DISCARD ALL"))
        .old_backend(inspection_answer({found_row("l")}))
        .old_backend_is(fake_backend::state::cleaning)
        .old_backend(reply().command_complete("DISCARD ALL").ready('I'))
        .old_backend_is(fake_backend::state::idle);
}

SCRIPT(pins, a_client_that_leaves_its_transaction_open_has_it_rolled_back) {
    listens(s);
    s.client(ask::query("begin"))
        .backend_got(ask::query("begin"))
        .backend(reply().command_complete("BEGIN").ready('T'))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client_leaves()
        .released({.roll_back = true, .discard = true}, "to be rolled back and discarded")
        .old_backend_got(ask::query("ROLLBACK") + ask::query("DISCARD ALL"))
        .old_backend(reply().command_complete("ROLLBACK").ready('I'))
        .old_backend_is(fake_backend::state::cleaning)
        .old_backend(reply().command_complete("DISCARD ALL").ready('I'))
        .old_backend_is(fake_backend::state::idle);
}

SCRIPT(pins, a_clean_up_that_fails_closes_the_connection) {
    listens(s);
    s.client(ask::terminate())
        .old_backend_got(ask::query("DISCARD ALL"))
        .old_backend(reply().error("XX000", "cannot").ready('I'))
        .old_backend_is(fake_backend::state::closed);
}

SCRIPT(pins, writes_and_transactions_alone_keep_nothing) {
    s.runs("insert into t values (1)", "INSERT 0 1").released_clean();
    s.runs("begin; insert into t values (1); commit", "COMMIT").released_clean();
    s.runs("set local search_path = a", "SET").released_clean();
}

SCRIPT(pins, a_notification_reaches_the_listener_between_its_cycles) {
    listens(s).backend(reply().notification()).client_got(reply().notification()).keeps_lease();
    // A parameter that the server changes on its own, too.
    s.backend(reply().parameter("TimeZone", "UTC")).client_got(reply().parameter("TimeZone", "UTC"));
}

SCRIPT(pins, a_notification_reaches_the_listener_while_its_lease_is_asked) {
    listens(s)
        .runs("select f()", "SELECT 1")
        .asks_for(whatever)
        .backend(reply().notification().then(inspection_answer({found_row("l")})))
        .client_got(reply().notification())
        .keeps_lease();
}

SCRIPT(pins, a_pinned_connection_that_is_lost_ends_the_client) {
    listens(s)
        .backend(reply().error("57P01", "terminating", "FATAL"))
        .client_got(reply().error("57P01", "terminating", "FATAL"))
        .backend_closes()
        .client_got_nothing()
        .closed_client()
        .released_closed();
}

SCRIPT(pins, a_connection_that_is_lost_while_it_is_asked_ends_the_client) {
    s.runs("listen channel", "LISTEN")
        .asks_for(pin_cause::listen)
        .backend_closes()
        .client_got(reply().error("08006", "the connection to the server was lost", "FATAL"))
        .closed_client()
        .released_closed();
}

}  // namespace
}  // namespace weir::session

// Cycles that are larger than what is judged, and replies of any size: they pass in pieces.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

/// A Bind of one large value to a statement, its head and the pieces of its value.
bytes large_bind(bytes_view name, std::size_t size) {
    return ask::bind("", name, {bytes(size, 'v')});
}

script& with_small_limit(script& s) {
    s.rules().cycle_limit_bytes = 1000;
    return s;
}

SCRIPT(stream, a_large_cycle_goes_to_the_primary_in_pieces) {
    const bytes cycle =
        ask::parse("", "select $1") + large_bind("", 40000) + ask::execute() + ask::sync();
    with_small_limit(s)
        .client(cycle)
        .expects_lease(primary_node)
        .grant()
        .because(reason::cycle_too_large)
        .backend_got(cycle)
        .backend(reply().done("SELECT 1").ready('I'))
        .client_got(reply().done("SELECT 1").ready('I'))
        .released_clean()
        .asked_position();
}

SCRIPT(stream, a_large_bind_is_not_waited_for) {
    const bytes cycle = ask::parse("", "select $1") + large_bind("", 100000) + ask::execute() + ask::sync();
    const auto half = cycle.size() / 2;
    with_small_limit(s)
        .client(bytes_view(cycle).substr(0, half))
        .expects_lease(primary_node)
        .grant()
        .backend_got(bytes_view(cycle).substr(0, half))
        .client(bytes_view(cycle).substr(half))
        .backend_got(bytes_view(cycle).substr(half))
        .backend(reply().done("SELECT 1").ready('I'))
        .client_got(reply().done("SELECT 1").ready('I'))
        .released_clean();
}

SCRIPT(stream, names_are_exchanged_in_what_is_streamed) {
    with_small_limit(s)
        .client(ask::parse("s1", "insert into t values ($1)") + ask::sync())
        .grant()
        .backend_got(ask::parse("$1", "insert into t values ($1)") + ask::sync())
        .backend(reply().parse_complete().ready('I'))
        .client_got(reply().parse_complete().ready('I'))
        .client(large_bind("s1", 40000) + ask::execute() + ask::parse("s2", "select 2") +
                large_bind("s1", 30000) + ask::bind("", "s2") + ask::execute() + ask::close("s2") +
                ask::sync())
        .expects_lease(primary_node)
        .grant()
        .backend_got(large_bind("$1", 40000) + ask::execute() + ask::parse("$2", "select 2") +
                     large_bind("$1", 30000) + ask::bind("", "$2") + ask::execute() + ask::sync())
        .backend(reply().bind_complete().command_complete("INSERT 0 1").parse_complete())
        .backend(reply().bind_complete().bind_complete().data_row().command_complete("SELECT 1"))
        .client_got(reply()
                        .bind_complete()
                        .command_complete("INSERT 0 1")
                        .parse_complete()
                        .bind_complete()
                        .bind_complete()
                        .data_row()
                        .command_complete("SELECT 1")
                        .close_complete())
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean();
}

SCRIPT(stream, an_error_in_the_middle_drops_the_rest_up_to_sync) {
    const bytes head = ask::parse("", "insert into t values ($1)") + large_bind("", 2000);
    const bytes rest = ask::execute() + large_bind("", 50000) + ask::execute();
    with_small_limit(s)
        .client(head)
        .grant()
        .backend_got(head)
        .backend(reply().error("42P01", "no such table"))
        .client_got(reply().error("42P01", "no such table"))
        .client(rest)
        .backend_got_nothing()
        .client(ask::sync())
        .backend_got(ask::sync())
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean();
}

SCRIPT(stream, a_flush_behind_an_error_does_not_hang) {
    const bytes head = ask::parse("", "insert into t values ($1)") + large_bind("", 2000);
    with_small_limit(s)
        .client(head)
        .grant()
        .backend_got(head)
        .backend(reply().error("42P01", "no such table"))
        .client_got(reply().error("42P01", "no such table"))
        .client(ask::execute() + ask::flush())
        .client(ask::sync())
        .backend_got(ask::sync())
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean();
}

SCRIPT(stream, a_flush_whose_replies_came_before_it_does_not_hang) {
    const bytes head = ask::parse("", "insert into t values ($1)") + large_bind("", 2000) + ask::execute();
    with_small_limit(s)
        .client(head)
        .grant()
        .backend_got(head)
        .backend(reply().done("INSERT 0 1"))
        .client_got(reply().done("INSERT 0 1"))
        .client(ask::flush())
        .backend_got(ask::flush())
        .client(ask::sync())
        .backend_got(ask::sync())
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean();
}

SCRIPT(stream, a_kept_back_begin_goes_ahead) {
    const bytes cycle = ask::parse("", "select $1") + large_bind("", 5000) + ask::execute() + ask::sync();
    with_small_limit(s)
        .client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(cycle)
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + cycle)
        .backend(reply().done("BEGIN").done("SELECT 1").ready('T'))
        .client_got(reply().done("SELECT 1").ready('T'))
        .client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").ready('I'))
        .released_clean();
}

SCRIPT(stream, what_it_leaves_behind_is_asked_for) {
    using query::pin_cause;
    const bytes cycle = ask::parse("", "select set_config('search_path', $1, false)") +
                        large_bind("", 2000) + ask::execute() + ask::sync();
    with_small_limit(s)
        .client(cycle)
        .grant()
        .backend_got(cycle)
        .backend(reply().done("SELECT 1").ready('I'))
        .client_got(reply().done("SELECT 1").ready('I'))
        .inspected(pin_cause::settings)
        .released_clean();
    // ... also where it comes behind what has been sent on already.
    const bytes later = ask::parse("", "select $1") + large_bind("", 2000) + ask::execute() +
                        ask::extended("listen channel") + ask::sync();
    s.client(later)
        .grant()
        .backend_got(later)
        .backend(reply().done("SELECT 1").done("LISTEN").ready('I'))
        .client_got(reply().done("SELECT 1").done("LISTEN").ready('I'))
        .inspected(pin_cause::listen, {found_row("l")})
        .pinned_by(pin_cause::listen);
    // A setting whose name stands in the Bind message that is streamed is asked for by that name.
    const bytes named = ask::parse("", "select set_config($1, $2, false)") +
                        ask::bind("", "", {"App.Tenant", bytes(2000, 'v')}) + ask::execute() +
                        ask::sync();
    s.client(named)
        .backend_got(named)
        .backend(reply().done("SELECT 1").ready('I'))
        .client_got(reply().done("SELECT 1").ready('I'))
        .inspected(pin_cause::settings, {custom_row("app.tenant", bytes(2000, 'v'))})
        .pinned_by(pin_cause::listen);
}

SCRIPT(stream, in_a_failed_transaction_of_weirs_it_cannot_be_skipped) {
    with_small_limit(s)
        .client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query("select 1"))
        .refuse({"53300", "too many"})
        .client_got(reply().error("53300", "too many").ready('E'))
        .client(ask::parse("", "select $1") + large_bind("", 2000))
        .client_got(reply().error("25P02",
                                  "current transaction is aborted, and this request is too large to "
                                  "be skipped",
                                  "FATAL"))
        .closed_client();
}

SCRIPT(stream, no_lease_for_it_ends_the_client) {
    with_small_limit(s)
        .client(ask::parse("", "select $1") + large_bind("", 2000))
        .expects_lease(primary_node)
        .refuse({"53300", "too many"})
        .client_got(reply().error("53300", "too many", "FATAL"))
        .closed_client();
}

SCRIPT(stream, a_client_that_leaves_in_the_middle_of_a_message) {
    const bytes cycle = ask::parse("", "select $1") + large_bind("", 60000);
    with_small_limit(s)
        .client(bytes_view(cycle).substr(0, 30000))
        .grant()
        .backend_got(bytes_view(cycle).substr(0, 30000))
        .client_leaves()
        .released_closed();
}

SCRIPT(stream, a_large_query_is_judged_as_it_is) {
    const bytes text = "select 1 /* " + bytes(3000, 'x') + " */";
    with_small_limit(s)
        .client(ask::query(text))
        .expects_replica()
        .grant()
        .backend_got(ask::query(text))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(stream, a_large_row_passes_in_the_pieces_that_came) {
    const bytes row = reply().data_row(bytes(100000, 'r')).str();
    s.client(ask::query("select a from t"))
        .grant()
        .backend_got(ask::query("select a from t"))
        .backend(reply().row_description())
        .client_got_nothing()
        .backend(bytes_view(row).substr(0, 30000))
        .client_got(reply().row_description().then(bytes_view(row).substr(0, 30000)))
        .backend(bytes_view(row).substr(30000))
        .client_got(bytes_view(row).substr(30000))
        .backend(reply().command_complete("SELECT 1").ready('I'))
        .client_got(reply().command_complete("SELECT 1").ready('I'))
        .released_clean();
}

}  // namespace
}  // namespace weir::session

// Pins: what cannot be carried keeps the lease, and what ends a pin gives it back.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;
using routing::reason;

/// A statement on the primary that answers with a tag.
script& runs(script& s, bytes_view text, bytes_view tag) {
    s.client(ask::query(text));
    if (s.shell().asked) s.expects_lease(primary_node).grant();
    return s.backend_got(ask::query(text))
        .backend(reply().command_complete(tag).ready('I'))
        .client_got(reply().command_complete(tag).ready('I'));
}

SCRIPT(pins, a_setting_keeps_the_lease) {
    runs(s, "set search_path = a", "SET").keeps_lease().pinned_by(pin_cause::settings);
    s.client(ask::query("select 1"))
        .because(reason::held_primary)
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .keeps_lease();
}

SCRIPT(pins, discard_all_ends_them) {
    runs(s, "set search_path = a", "SET").keeps_lease();
    runs(s, "discard all", "DISCARD ALL").released_clean().pinned_by(pin_cause::none);
    s.reads_on_a_replica();
}

SCRIPT(pins, each_has_its_cause) {
    runs(s, "create temp table x (a int)", "CREATE TABLE").pinned_by(pin_cause::temporary);
    runs(s, "listen channel", "LISTEN").pinned_by(pin_cause::temporary | pin_cause::listen);
    runs(s, "select pg_advisory_lock(1)", "SELECT 1")
        .pinned_by(pin_cause::temporary | pin_cause::listen | pin_cause::advisory_lock)
        .keeps_lease();
}

SCRIPT(pins, deallocate_all_ends_that_of_prepare_alone) {
    runs(s, "prepare p as select 1", "PREPARE").keeps_lease();
    runs(s, "set search_path = a", "SET").pinned_by(pin_cause::settings | pin_cause::sql_prepare);
    runs(s, "deallocate all", "DEALLOCATE ALL").pinned_by(pin_cause::settings).keeps_lease();
}

SCRIPT(pins, a_client_that_leaves_has_them_discarded) {
    runs(s, "set search_path = a", "SET").keeps_lease();
    s.client(ask::terminate())
        .closed_client()
        .released({.discard = true}, "to be discarded")
        .old_backend_got(ask::query("DISCARD ALL"))
        .old_backend(reply().command_complete("DISCARD ALL").ready('I'))
        .old_backend_is(fake_backend::state::idle);
}

SCRIPT(pins, a_client_that_leaves_its_transaction_open_has_it_rolled_back) {
    runs(s, "set search_path = a", "SET");
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
    runs(s, "set search_path = a", "SET");
    s.client(ask::terminate())
        .old_backend_got(ask::query("DISCARD ALL"))
        .old_backend(reply().error("XX000", "cannot").ready('I'))
        .old_backend_is(fake_backend::state::closed);
}

SCRIPT(pins, text_that_is_not_understood_keeps_the_lease_where_it_ran) {
    runs(s, "frobnicate the table", "FROBNICATE").keeps_lease().pinned_by(pin_cause::procedural);
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
}

SCRIPT(pins, writes_and_transactions_alone_keep_nothing) {
    runs(s, "insert into t values (1)", "INSERT 0 1").released_clean();
    runs(s, "reset all", "RESET").released_clean();
    runs(s, "unlisten *", "UNLISTEN").released_clean();
}

SCRIPT(pins, in_a_transaction_they_outlive_it) {
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query("set search_path = a"))
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query("set search_path = a"))
        .backend(reply().done("BEGIN").command_complete("SET").ready('T'))
        .client_got(reply().command_complete("SET").ready('T'));
    runs(s, "commit", "COMMIT").keeps_lease().pinned_by(pin_cause::settings);
}

SCRIPT(pins, a_notification_reaches_the_listener_between_its_cycles) {
    runs(s, "listen channel", "LISTEN").keeps_lease();
    s.backend(reply().notification()).client_got(reply().notification()).keeps_lease();
    s.backend(reply().parameter("TimeZone", "UTC")).client_got(reply().parameter("TimeZone", "UTC"));
}

SCRIPT(pins, a_pinned_connection_that_is_lost_ends_the_client) {
    runs(s, "set search_path = a", "SET");
    s.backend(reply().error("57P01", "terminating", "FATAL"))
        .client_got(reply().error("57P01", "terminating", "FATAL"))
        .backend_closes()
        .client_got_nothing()
        .closed_client()
        .released_closed();
}

}  // namespace
}  // namespace weir::session

// DEALLOCATE and DISCARD ALL: the names are Weir's, and what the connection has must follow.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

constexpr auto one = "insert into t values (1)";
constexpr auto two = "insert into t values (2)";

script& prepares(script& s, bytes_view name = "s1", bytes_view server_name = "$1",
                 bytes_view text = one) {
    return s.client(ask::parse(name, text) + ask::sync())
        .grant()
        .backend_got(ask::parse(server_name, text) + ask::sync())
        .backend(reply().parse_complete().ready('I'))
        .client_got(reply().parse_complete().ready('I'));
}

SCRIPT(deallocate, a_protocol_statement_without_a_lease) {
    prepares(s)
        .client(ask::query("deallocate s1"))
        .expects_no_lease()
        .client_got(reply().command_complete("DEALLOCATE").ready('I'));
    prepares(s, "s1", "$2", two)
        .client(ask::extended("deallocate \"s1\"") + ask::sync())
        .expects_no_lease()
        .client_got(reply().done("DEALLOCATE").ready('I'));
}

SCRIPT(deallocate, with_a_value_is_the_servers_to_refuse) {
    const auto refused = reply().parse_complete().error("08P01", "supplies 1 parameters").ready('I');
    const bytes wrong = ask::parse("", "deallocate all") + ask::bind("", "", {"6"}) + ask::execute() + ask::sync();
    s.client(wrong).grant().backend_got(wrong).backend(refused).client_got(refused).released_clean();
}

SCRIPT(deallocate, all_without_a_lease) {
    prepares(s);
    prepares(s, "s2", "$2", two)
        .client(ask::query("deallocate all"))
        .expects_no_lease()
        .client_got(reply().command_complete("DEALLOCATE ALL").ready('I'));
    // Both names are free, and both statements still on the connection.
    s.client(ask::parse("s1", two) + ask::parse("s2", one) + ask::sync()).grant();
    s.backend_got(ask::parse("$3", two) + ask::parse("$4", one) + ask::sync())
        .backend(reply().parse_complete().parse_complete().ready('I'))
        .client_got(reply().parse_complete().parse_complete().ready('I'));
}

SCRIPT(deallocate, an_unknown_name_is_the_servers_to_refuse) {
    s.client(ask::query("deallocate nothing"))
        .grant()
        .backend_got(ask::query("deallocate nothing"))
        .backend(reply().error("26000", "does not exist").ready('I'))
        .client_got(reply().error("26000", "does not exist").ready('I'))
        .released_clean();
}

/// A transaction that holds a lease, with s1 prepared.
script& in_transaction(script& s) {
    return prepares(s)
        .client(ask::query("begin; delete from t"))
        .grant()
        .backend_got(ask::query("begin; delete from t"))
        .backend(reply().command_complete("BEGIN").command_complete("DELETE 0").ready('T'))
        .client_got(reply().command_complete("BEGIN").command_complete("DELETE 0").ready('T'))
        .keeps_lease();
}

script& commits(script& s) {
    return s.client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(reply().command_complete("COMMIT").ready('I'))
        .client_got(reply().command_complete("COMMIT").ready('I'))
        .released_clean();
}

SCRIPT(deallocate, a_protocol_statement_inside_a_transaction) {
    in_transaction(s)
        .client(ask::query("deallocate s1"))
        .backend_got_nothing()
        .client_got(reply().command_complete("DEALLOCATE").ready('T'))
        .client(ask::bind("", "s1") + ask::sync())
        .backend_got(ask::bind("", "s1") + ask::sync())
        .backend(reply().error("26000", "does not exist").ready('E'))
        .client_got(reply().error("26000", "does not exist").ready('E'))
        // In a failed transaction it is refused like everything.
        .client(ask::query("deallocate s1"))
        .backend_got(ask::query("deallocate s1"))
        .backend(reply().error("25P02", "aborted").ready('E'))
        .client_got(reply().error("25P02", "aborted").ready('E'));
    commits(s);
}

SCRIPT(deallocate, a_protocol_statement_in_an_extended_pipeline) {
    in_transaction(s)
        .client(ask::extended("deallocate s1") + ask::extended(two) + ask::sync())
        .backend_got(ask::parse("", "deallocate s1") + ask::bind("", "") + ask::extended(two) +
                     ask::sync())
        .backend(reply().parse_complete().bind_complete())
        .client_got(reply().done("DEALLOCATE"))
        .backend(reply().done("INSERT 0 1").ready('T'))
        .client_got(reply().done("INSERT 0 1").ready('T'));
    commits(s);
    prepares(s, "s1", "$2", two);
}

SCRIPT(deallocate, all_in_a_pipeline_frees_names_for_what_follows) {
    in_transaction(s)
        .client(ask::extended("deallocate all") + ask::parse("s1", one) + ask::bind("", "s1") +
                ask::execute() + ask::sync())
        .backend_got(ask::extended("deallocate all") + ask::parse("$1", one) + ask::bind("", "$1") +
                     ask::execute() + ask::sync())
        .backend(reply().done("DEALLOCATE ALL").done("INSERT 0 1").ready('T'))
        .client_got(reply().done("DEALLOCATE ALL").done("INSERT 0 1").ready('T'))
        // It is known to be there.
        .client(ask::bind("", "s1") + ask::execute() + ask::sync())
        .backend_got(ask::bind("", "$1") + ask::execute() + ask::sync())
        .backend(reply().bind_complete().command_complete("INSERT 0 1").ready('T'))
        .client_got(reply().bind_complete().command_complete("INSERT 0 1").ready('T'));
    commits(s);
}

SCRIPT(deallocate, discard_all_that_fails_in_a_pipeline_takes_nothing_away) {
    in_transaction(s)
        .client(ask::extended("discard all") + ask::parse("s2", two) + ask::sync())
        .backend_got(ask::extended("discard all") + ask::parse("$2", two) + ask::sync())
        .backend(reply().parse_complete().bind_complete().error("25001", "in a transaction").ready('E'))
        .client_got(
            reply().parse_complete().bind_complete().error("25001", "in a transaction").ready('E'))
        .client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").ready('I'))
        .inspected(query::pin_cause::settings)
        .released_clean()
        .client(ask::bind("", "s1") + ask::execute() + ask::sync())
        .grant()
        .backend_got(ask::bind("", "$1") + ask::execute() + ask::sync())
        .backend(reply().bind_complete().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().bind_complete().command_complete("INSERT 0 1").ready('I'));
}

SCRIPT(deallocate, discard_all_without_a_lease_forgets_the_names) {
    prepares(s)
        .client(ask::query("discard all"))
        .expects_no_lease()
        .client_got(reply().command_complete("DISCARD ALL").ready('I'));
    prepares(s, "s1", "$2", one);
    s.client(ask::extended("discard all") + ask::sync())
        .expects_no_lease()
        .client_got(reply().done("DISCARD ALL").ready('I'));
    prepares(s, "s1", "$3", one);
}

SCRIPT(deallocate, discard_all_on_a_lease_forgets_names_and_what_is_prepared) {
    using query::pin_cause;
    prepares(s)
        .runs("listen channel", "LISTEN")
        .inspected(pin_cause::listen, {found_row("l")})
        .client(ask::query("discard all"))
        .backend_got(ask::query("discard all"))
        .backend(reply().command_complete("DISCARD ALL").ready('I'))
        .client_got(reply().command_complete("DISCARD ALL").ready('I'))
        .inspected(pin_cause::settings | pin_cause::listen)
        .released_clean();
    prepares(s, "s1", "$2", one);
}

}  // namespace
}  // namespace weir::session

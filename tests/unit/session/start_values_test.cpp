// What a session falls back to: the values that its client connected with, also without a lease.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

constexpr auto named_shop = "SELECT pg_catalog.set_config('application_name', 'shop', false)";
constexpr auto write = "insert into t values (1)";

/// A client that connects with a name, where connections start without one and report that.
script& connects_as_shop(script& s) {
    static const parameter_map idle{{"application_name", ""}, {"TimeZone", "UTC"}};
    s.shell().connections_report = idle;
    s.client_leaves();
    s.shell().next_client();
    s.client(ask::startup({{"user", "ann"}, {"database", "shop"}, {"application_name", "shop"}}))
        .identified_with(&idle);
    s.shell().client_got.clear();
    return s;
}

script& takes_its_name(script& s) {
    return s.brought_over({named_shop}, reply().parameter("application_name", "shop"));
}

/// ... after its first statement: a connection is in the pool that has its name.
script& has_written(script& s) {
    connects_as_shop(s).client(ask::query(write)).grant();
    return takes_its_name(s)
        .backend_got(ask::query(write))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(start_values, the_name_of_the_application_goes_to_every_connection) {
    has_written(s).position(0x100).client(ask::query("select 1")).expects_replica().grant();
    takes_its_name(s)
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row());
    // And is there for the next statement without a question.
    s.runs(write, "INSERT 0 1").released_clean();
}

SCRIPT(start_values, a_client_without_a_name_does_not_get_that_of_another) {
    has_written(s).another_client_comes();
    s.shell().client_got.clear();
    s.client(ask::query(write))
        .grant()
        .brought_over({"RESET \"application_name\";"})
        .backend_got(ask::query(write));
}

SCRIPT(start_values, an_empty_name_that_was_set_is_no_fall_back) {
    has_written(s)
        .client(ask::query("set application_name = ''"))
        .grant()
        .backend_got(ask::query("set application_name = ''"))
        .backend(reply().command_complete("SET").parameter("application_name", "").ready('I'))
        .client_got(reply().command_complete("SET").parameter("application_name", "").ready('I'))
        .inspected(pin_cause::settings, {setting_row("application_name", "")})
        .released_clean();
    s.runs(write, "INSERT 0 1").released_clean();
}

SCRIPT(start_values, a_reset_that_was_rolled_back_leads_back_from_it) {
    has_written(s)
        .client(ask::query("set application_name = ''"))
        .grant()
        .backend_got(ask::query("set application_name = ''"))
        .backend(reply().command_complete("SET").parameter("application_name", "").ready('I'))
        .client_got(reply().command_complete("SET").parameter("application_name", "").ready('I'))
        .inspected(pin_cause::settings, {setting_row("application_name", "")})
        .released_clean()
        .client(ask::query("begin; reset all"))
        .grant()
        .backend_got(ask::query("begin; reset all"))
        // To the connection nothing changes.
        .backend(reply().command_complete("BEGIN").command_complete("RESET").ready('T'))
        .client_got(reply()
                        .command_complete("BEGIN")
                        .command_complete("RESET")
                        .parameter("application_name", "shop")
                        .ready('T'))
        .client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").parameter("application_name", "").ready('I'))
        .inspected(pin_cause::settings, {setting_row("application_name", "")})
        .released_clean();
}

SCRIPT(start_values, reset_of_the_name_leads_back_to_it) {
    has_written(s)
        .client(ask::query("set application_name = 'x'"))
        .grant()
        .backend_got(ask::query("set application_name = 'x'"))
        .backend(reply().command_complete("SET").parameter("application_name", "x").ready('I'))
        .client_got(reply().command_complete("SET").parameter("application_name", "x").ready('I'))
        .inspected(pin_cause::settings, {setting_row("application_name", "x")})
        .released_clean()
        .client(ask::query("reset application_name"))
        .grant()
        .backend_got(ask::query("reset application_name"))
        // To the connection its start is another.
        .backend(reply().command_complete("RESET").parameter("application_name", "").ready('I'))
        .client_got(reply().command_complete("RESET").parameter("application_name", "shop").ready('I'))
        .inspected(pin_cause::settings)
        .released_clean()
        .client(ask::query(write))
        .grant();
    takes_its_name(s).backend_got(ask::query(write));
}

/// Sets what is told to the client, and gives the lease back.
script& sets_time_zone(script& s) {
    return s.client(ask::query("set timezone = 'CET'"))
        .grant()
        .backend_got(ask::query("set timezone = 'CET'"))
        .backend(reply().command_complete("SET").parameter("TimeZone", "CET").ready('I'))
        .client_got(reply().command_complete("SET").parameter("TimeZone", "CET").ready('I'))
        .inspected(pin_cause::settings,
                   {setting_row("TimeZone", "CET"), setting_row("application_name", "shop")})
        .released_clean();
}

SCRIPT(start_values, are_come_back_to_without_a_lease) {
    for (const auto& [text, tag] :
         {std::pair{"reset all", "RESET"}, std::pair{"discard all", "DISCARD ALL"}}) {
        sets_time_zone(has_written(s))
            .client(ask::query(text))
            .expects_no_lease()
            .client_got(reply().command_complete(tag).parameter("TimeZone", "UTC").ready('I'))
            // Once is enough.
            .client(ask::query(text))
            .client_got(reply().command_complete(tag).ready('I'))
            .client(ask::query(write))
            .grant()
            .brought_over({"RESET \"TimeZone\";"}, reply().parameter("TimeZone", "UTC"))
            .backend_got(ask::query(write))
            .backend(reply().command_complete("INSERT 0 1").ready('I'))
            .client_got(reply().command_complete("INSERT 0 1").ready('I'))
            .released_clean();
        s.shell().last_released->now = fake_backend::state::closed;  // so that the next begins anew
    }
}

SCRIPT(start_values, are_come_back_to_in_an_extended_cycle) {
    sets_time_zone(has_written(s))
        .client(ask::extended("discard all") + ask::sync())
        .expects_no_lease()
        .client_got(reply().done("DISCARD ALL").parameter("TimeZone", "UTC").ready('I'));
}

SCRIPT(start_values, are_asked_of_the_server_where_there_is_a_lease) {
    s.runs("listen channel", "LISTEN").inspected(pin_cause::listen, {found_row("l")});
    s.runs("reset all", "RESET").inspected(pin_cause::settings).keeps_lease();
}

SCRIPT(start_values, in_a_transaction_are_the_servers_matter) {
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query("discard all"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query("discard all"))
        .backend(reply().done("BEGIN").error("25001", "cannot run inside a transaction block").ready('E'))
        .client_got(reply().error("25001", "cannot run inside a transaction block").ready('E'));
}

SCRIPT(start_values, of_an_identity_are_the_servers_matter) {
    for (const auto& [name, value] :
         {std::pair{"role", "clerk"}, std::pair{"session_authorization", "bob"}}) {
        s.runs("set role x", "SET").inspected(pin_cause::settings, {custom_row(name, value)});
        s.runs("reset all", "RESET").inspected(pin_cause::settings, {custom_row(name, value)}).released_clean();
        s.runs("discard all", "DISCARD ALL").inspected(pin_cause::settings).released_clean();
        // Nothing of it is left.
        s.client(ask::query("discard all"))
            .expects_no_lease()
            .client_got(reply().command_complete("DISCARD ALL").ready('I'));
    }
}

SCRIPT(start_values, among_other_statements_are_the_servers_matter) {
    s.runs("reset all; select 1", "SELECT 1").inspected(pin_cause::settings).released_clean();
    s.runs("reset search_path", "RESET").inspected(pin_cause::settings).released_clean();
}

SCRIPT(start_values, of_custom_settings_are_empty_and_known_by_name) {
    s.runs("set app.t = 'x'", "SET").inspected(pin_cause::settings, {custom_row("app.t", "x")});
    s.client(ask::query("discard all"))
        .expects_no_lease()
        .client_got(reply().command_complete("DISCARD ALL").ready('I'))
        .client(ask::query(write))
        .grant()
        .brought_over({"SELECT pg_catalog.set_config('app.t', '', false)"})
        .backend_got(ask::query(write))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'));
}

}  // namespace
}  // namespace weir::session

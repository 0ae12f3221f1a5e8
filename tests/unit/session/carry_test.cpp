// Settings move with the session from one connection to the next, as the server tells them.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;
using routing::reason;

constexpr auto path_a = "SELECT pg_catalog.set_config('search_path', 'a', false)";

/// SET search_path, after which the primary's connection has it.
script& sets_path(script& s) {
    return s.runs("set search_path = a", "SET")
        .inspected(pin_cause::settings, {setting_row("search_path", "a")})
        .released_clean()
        .pinned_by(pin_cause::none);
}

script& inserts(script& s) { return s.runs("insert into t values (1)", "INSERT 0 1").released_clean(); }

SCRIPT(carry, a_setting_goes_to_every_connection_ahead_of_the_client) {
    sets_path(s)
        .position(0x100)
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .brought_over({path_a})
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(carry, a_connection_that_has_it_costs_nothing) {
    inserts(sets_path(s)).position(0x100);
    EXPECT_EQ(s.shell().last_released->link.applied->digest(), s.machine().wanted_settings());
    s.client(ask::query("select 1")).grant().brought_over({path_a}).backend_got(ask::query("select 1"));
    s.backend(reply().one_row()).client_got(reply().one_row()).released_clean();
    // The replica's has it, too, from now on.
    s.reads_on_a_replica();
}

SCRIPT(carry, what_a_client_set_does_not_meet_the_next) {
    sets_path(s);
    s.another_client_comes();
    EXPECT_EQ(s.machine().wanted_settings(), 0u);
    s.client(ask::query("insert into t values (1)"))
        .grant()
        .brought_over({"RESET \"search_path\";"})
        .backend_got(ask::query("insert into t values (1)"))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(carry, only_the_difference_is_brought_over) {
    sets_path(s).client_leaves();
    s.another_client_comes();
    s.client(ask::query("set work_mem = 100"))
        .grant()
        .brought_over({"RESET \"search_path\";"})
        .backend_got(ask::query("set work_mem = 100"))
        .backend(reply().command_complete("SET").ready('I'))
        .client_got(reply().command_complete("SET").ready('I'))
        .inspected(pin_cause::settings, {setting_row("work_mem", "100")})
        .released_clean();
    s.runs("set search_path = b", "SET")
        .inspected(pin_cause::settings, {setting_row("search_path", "b"), setting_row("work_mem", "100")})
        .released_clean();
    s.shell().last_released->link.applied = s.around().settings.intern(
        std::make_shared<const settings>(std::vector<setting>{{"search_path", "c"}, {"work_mem", "100"}}));
    s.client(ask::query("insert into t values (1)"))
        .grant()
        .brought_over({"SELECT pg_catalog.set_config('search_path', 'b', false)"})
        .backend_got(ask::query("insert into t values (1)"));
}

SCRIPT(carry, each_text_is_answered_before_the_client_is_heard) {
    s.may_wait();
    s.runs("set client_encoding = latin1; set app.t = x", "SET");
    s.inspected(pin_cause::settings, {setting_row("client_encoding", "LATIN1"), custom_row("app.t", "\xe4")})
        .released_clean()
        .position(0x100)
        .client(ask::query("select 1") + ask::query("select 2"))
        .expects_replica()
        .grant()
        .brought_over({"SELECT pg_catalog.set_config('client_encoding', 'LATIN1', false)",
                       "SELECT pg_catalog.set_config('app.t', '\xe4', false)"})
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .grant()
        .backend_got(ask::query("select 2"));
}

SCRIPT(carry, a_transaction_takes_up_its_lease_in_the_same_way) {
    sets_path(s).client_leaves().another_client_comes();
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query("delete from t"))
        .grant()
        .brought_over({"RESET \"search_path\";"})
        .backend_got(ask::begin_as("$1", "begin") + ask::query("delete from t"))
        .backend(reply().done("BEGIN").command_complete("DELETE 0").ready('T'))
        .client_got(reply().command_complete("DELETE 0").ready('T'));
}

SCRIPT(carry, in_a_transaction_only_its_outcome_counts) {
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query("set search_path = a"))
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query("set search_path = a"))
        .backend(reply().done("BEGIN").command_complete("SET").ready('T'))
        .client_got(reply().command_complete("SET").ready('T'))
        .is_in(phase::ready)
        .runs("rollback", "ROLLBACK")
        .inspected(pin_cause::settings)
        .released_clean();
    EXPECT_EQ(s.machine().wanted_settings(), 0u);
}

SCRIPT(carry, a_held_lease_has_what_the_session_set_on_it) {
    s.runs("listen channel", "LISTEN").inspected(pin_cause::listen, {found_row("l")});
    s.runs("set search_path = a", "SET")
        .inspected(pin_cause::settings, {setting_row("search_path", "a")})
        .keeps_lease()
        .pinned_by(pin_cause::listen);
    s.runs("insert into t values (1)", "INSERT 0 1").is_in(phase::ready).backend_got_nothing();
}

SCRIPT(carry, identity_is_a_setting) {
    s.runs("set role clerk", "SET")
        .inspected(pin_cause::settings, {custom_row("role", "clerk")})
        .released_clean()
        .position(0x100)
        .client(ask::query("select 1"))
        .grant()
        .brought_over({"SELECT pg_catalog.set_config('role', 'clerk', false)"})
        .backend_got(ask::query("select 1"));
}

// ---- custom settings: PostgreSQL never forgets that there was one (FACTS 16) ----

SCRIPT(carry, a_custom_setting_is_asked_for_by_its_name_ever_after) {
    s.runs("set App.Tenant = 'x'", "SET")
        .inspected(pin_cause::settings, {custom_row("app.tenant", "x")})
        .released_clean();
    s.runs("set search_path = a", "SET")
        .inspected(pin_cause::settings, {custom_row("app.tenant", "x"), setting_row("search_path", "a")})
        .released_clean();
    s.runs("reset app.tenant", "RESET")
        .inspected(pin_cause::settings, {custom_row("app.tenant", ""), setting_row("search_path", "a")})
        .released_clean();
}

SCRIPT(carry, set_local_of_a_custom_setting_leaves_its_name) {
    for (const auto text : {"begin; set local app.t = 'x'; commit",
                            "begin; select set_config('app.t', 'x', true); commit",
                            "begin; set app.t = 'x'; rollback"}) {
        s.runs(text, "COMMIT")
            .inspected(pin_cause::settings, {custom_row("app.t", "")})
            .released_clean();
        s.another_client_comes();
        // The trace it leaves is the next client's to meet.
        s.client(ask::query("insert into t values (1)"))
            .grant()
            .released_closed()
            .expects_lease(primary_node)
            .grant()
            .backend_got(ask::query("insert into t values (1)"))
            .backend(reply().command_complete("INSERT 0 1").ready('I'))
            .client_got(reply().command_complete("INSERT 0 1").ready('I'))
            .released_clean()
            .another_client_comes();
    }
}

SCRIPT(carry, a_connection_with_a_foreign_custom_name_is_closed_and_another_asked_for) {
    s.runs("set app.t = 'x'", "SET").inspected(pin_cause::settings, {custom_row("app.t", "x")});
    auto& traced = *s.shell().last_released;
    s.another_client_comes();
    s.client(ask::query("set app.u = 'y'"))
        .grant()
        .client_got_nothing()
        .expects_lease(primary_node);
    EXPECT_EQ(traced.now, fake_backend::state::closed);
    EXPECT_EQ(traced.got, "");
    s.grant()
        .backend_got(ask::query("set app.u = 'y'"))
        .backend(reply().command_complete("SET").ready('I'))
        .client_got(reply().command_complete("SET").ready('I'))
        .inspected(pin_cause::settings, {custom_row("app.u", "y")})
        .released_clean();
}

SCRIPT(carry, a_session_that_knows_the_name_may_have_the_connection) {
    s.runs("set app.t = 'x'", "SET").inspected(pin_cause::settings, {custom_row("app.t", "x")});
    s.another_client_comes();
    s.shell().idle_connection(primary_node).link.applied.reset();
    s.runs("set app.t = 'y'; set app.u = 'z'", "SET")
        .inspected(pin_cause::settings, {custom_row("app.t", "y"), custom_row("app.u", "z")})
        .released_clean();
    s.shell().last_released->link.applied =
        std::make_shared<const settings>(std::vector<setting>{{"app.t", "x"}});
    s.client(ask::query("insert into t values (1)"))
        .grant()
        .brought_over({"SELECT pg_catalog.set_config('app.t', 'y', false), "
                       "pg_catalog.set_config('app.u', 'z', false)"})
        .backend_got(ask::query("insert into t values (1)"));
}

SCRIPT(carry, a_name_that_the_server_never_took_is_no_trace) {
    s.client(ask::query("set app.t = 'x'"))
        .grant()
        .backend_got(ask::query("set app.t = 'x'"))
        .backend(reply().error("42602", "invalid").ready('I'))
        .client_got(reply().error("42602", "invalid").ready('I'))
        .inspected(pin_cause::settings, {custom_row("app.t", std::nullopt)})
        .released_clean();
    EXPECT_EQ(s.machine().wanted_settings(), 0u);
}

SCRIPT(carry, a_name_in_a_bind_message_is_asked_for) {
    const bytes cycle = ask::parse("", "select set_config($1, $2, false)") +
                        ask::bind("", "", {"App.T", "x"}) + ask::execute() + ask::sync();
    s.client(cycle)
        .grant()
        .backend_got(cycle)
        .backend(reply().done("SELECT 1").ready('I'))
        .client_got(reply().done("SELECT 1").ready('I'))
        .inspected(pin_cause::settings, {custom_row("app.t", "x")})
        .released_clean();
    // A name without a dot is found among all others.
    const bytes plain = ask::bind("", "", {"search_path", "a"}) + ask::execute() + ask::sync();
    s.client(ask::parse("", "select set_config($1, $2, false)") + plain)
        .grant()
        .backend_got(ask::parse("", "select set_config($1, $2, false)") + plain)
        .backend(reply().done("SELECT 1").ready('I'))
        .client_got(reply().done("SELECT 1").ready('I'))
        .inspected(pin_cause::settings, {custom_row("app.t", "x"), setting_row("search_path", "a")})
        .released_clean();
}

SCRIPT(carry, a_clean_up_leaves_the_names_of_custom_settings) {
    s.runs("set app.t = 'x'; listen channel", "LISTEN")
        .inspected(pin_cause::settings | pin_cause::listen, {custom_row("app.t", "x"), found_row("l")})
        .client_leaves()
        .old_backend_got(ask::query("DISCARD ALL"))
        .old_backend(reply().command_complete("DISCARD ALL").ready('I'))
        .another_client_comes();
    s.client(ask::query("insert into t values (1)")).grant().released_closed().expects_lease(primary_node);
    s.client_leaves();
}

SCRIPT(carry, a_clean_up_leaves_those_that_were_not_asked_for_yet) {
    s.client(ask::query("set app.t = 'x'"))
        .grant()
        .backend_got(ask::query("set app.t = 'x'"))
        .backend(reply().command_complete("SET").ready('I'))
        .client_got(reply().command_complete("SET").ready('I'))
        .asks_for(pin_cause::settings, {"app.t"})
        .client_leaves()
        .old_backend_got(ask::query("DISCARD ALL"))
        .old_backend(inspection_answer({custom_row("app.t", "x")}))
        .old_backend(reply().command_complete("DISCARD ALL").ready('I'))
        .old_backend_is(fake_backend::state::idle)
        .another_client_comes();
    s.client(ask::query("insert into t values (1)")).grant().released_closed().expects_lease(primary_node);
    s.client_leaves();
}

}  // namespace
}  // namespace weir::session

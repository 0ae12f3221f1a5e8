// PREPARE, EXECUTE and DEALLOCATE: their statements belong to the session, whichever connection it has.
#include "unit/session/brought_statement.hpp"
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

constexpr auto prepare_p = "prepare p as select 1";

bytes_view row() {
    static const auto whole = reply().one_row();
    return whole;
}

script& prepares_p(script& s) { return s.runs(prepare_p, "PREPARE").released_clean(); }

/// EXECUTE, with what is sent ahead of it and its answer.
script& executes(script& s, bytes_view ahead, bytes_view answer, bytes_view text = "execute p") {
    return s.client(ask::query(text))
        .expects_lease(primary_node)
        .grant()
        .backend_got(bytes(ahead) + ask::query(text))
        .backend(reply().then(answer).then(row()))
        .client_got(row())
        .released_clean();
}
script& executes(script& s, bytes_view text = "execute p") { return executes(s, "", "", text); }

/// The primary's next connection is one that nobody has used.
script& on_a_fresh_connection(script& s) {
    s.shell().last_released->now = fake_backend::state::closed;
    return s;
}

script& is_not_there(script& s, bytes_view ahead = "", const reply& answer = {}) {
    return s.client(ask::query("execute p"))
        .grant()
        .backend_got(bytes(ahead) + ask::query("execute p"))
        .backend(reply().then(answer).error("26000", "does not exist").ready('I'))
        .client_got(reply().error("26000", "does not exist").ready('I'))
        .released_clean();
}

SCRIPT(sql_prepare, keeps_no_lease_and_is_found_again) {
    executes(executes(prepares_p(s)));
}

SCRIPT(sql_prepare, is_repeated_on_a_connection_that_lacks_it) {
    on_a_fresh_connection(prepares_p(s));
    executes(s, brought_statement(prepare_p), own_answer("PREPARE"));
    executes(s);
}

SCRIPT(sql_prepare, of_a_string_of_statements_is_repeated_alone) {
    s.client(ask::query("delete from t;\n PREPARE \"P q\" (int) AS select $1 /* ; */ ; delete from u"))
        .grant()
        .backend_got(ask::query("delete from t;\n PREPARE \"P q\" (int) AS select $1 /* ; */ ; delete from u"))
        .backend(reply().command_complete("DELETE 0").command_complete("PREPARE"))
        .backend(reply().command_complete("DELETE 0").ready('I'))
        .client_got(reply()
                        .command_complete("DELETE 0")
                        .command_complete("PREPARE")
                        .command_complete("DELETE 0")
                        .ready('I'))
        .released_clean();
    on_a_fresh_connection(s);
    s.client(ask::query("execute \"P q\"(1)"))
        .grant()
        .backend_got(brought_statement("PREPARE \"P q\" (int) AS select $1 /* ; */") +
                     ask::query("execute \"P q\"(1)"))
        .backend(reply().then(own_answer("PREPARE")).one_row())
        .client_got(row());
}

SCRIPT(sql_prepare, a_name_is_folded_as_the_server_does) {
    prepares_p(s);
    executes(s, "execute P");
    s.client(ask::query("execute \"P\""))
        .grant()
        .backend_got(ask::query("execute \"P\""))
        .backend(reply().error("26000", "does not exist").ready('I'))
        .client_got(reply().error("26000", "does not exist").ready('I'));
}

SCRIPT(sql_prepare, statements_that_hold_an_execute_find_it_too) {
    for (const auto text : {"explain execute p", "create table x as execute p",
                            "explain (analyze) execute p"}) {
        on_a_fresh_connection(prepares_p(s));
        s.client(ask::query(text))
            .grant()
            .backend_got(brought_statement(prepare_p) + ask::query(text))
            .backend(reply().then(own_answer("PREPARE")).command_complete("DONE").ready('I'))
            .client_got(reply().command_complete("DONE").ready('I'))
            .released_clean();
        s.client(ask::query("deallocate p")).client_got(reply().command_complete("DEALLOCATE").ready('I'));
        on_a_fresh_connection(s);
    }
}

SCRIPT(sql_prepare, deallocate_without_a_lease_is_answered) {
    prepares_p(s)
        .client(ask::query("deallocate p"))
        .expects_no_lease()
        .client_got(reply().command_complete("DEALLOCATE").ready('I'));
    // The connection still has it, but the session has not.
    is_not_there(s, ask::close("p"), reply().close_complete());
    is_not_there(s);
    s.client(ask::query("deallocate p"))
        .grant()
        .backend_got(ask::query("deallocate p"))
        .backend(reply().error("26000", "does not exist").ready('I'))
        .client_got(reply().error("26000", "does not exist").ready('I'));
}

SCRIPT(sql_prepare, a_name_that_is_free_again_is_freed_on_the_connection) {
    prepares_p(s).client(ask::query("deallocate p"));
    s.client_got(reply().command_complete("DEALLOCATE").ready('I'))
        .client(ask::query("prepare p as select 2"))
        .grant()
        .backend_got(ask::close("p") + ask::query("prepare p as select 2"))
        .backend(reply().close_complete().command_complete("PREPARE").ready('I'))
        .client_got(reply().command_complete("PREPARE").ready('I'))
        .released_clean();
    executes(s);
}

SCRIPT(sql_prepare, a_name_in_use_is_refused_by_the_server_and_stays_what_it_was) {
    on_a_fresh_connection(prepares_p(s));
    s.client(ask::query("prepare p as select 2"))
        .grant()
        .backend_got(brought_statement(prepare_p) + ask::query("prepare p as select 2"))
        .backend(reply().then(own_answer("PREPARE")).error("42P05", "already exists").ready('I'))
        .client_got(reply().error("42P05", "already exists").ready('I'))
        .released_clean();
    on_a_fresh_connection(s);
    executes(s, brought_statement(prepare_p), own_answer("PREPARE"));
}

SCRIPT(sql_prepare, one_that_fails_is_not_there) {
    s.client(ask::query("prepare p as select nothing"))
        .grant()
        .backend_got(ask::query("prepare p as select nothing"))
        .backend(reply().error("42703", "no column").ready('I'))
        .client_got(reply().error("42703", "no column").ready('I'))
        .released_clean();
    s.shell().last_released->link.named.clear();
    is_not_there(s);
}

SCRIPT(sql_prepare, prepare_execute_and_deallocate_in_one_string) {
    const auto text = "prepare p as select 1; execute p; deallocate p";
    s.client(ask::query(text)).grant();
    // It may be in use on the connection for all that is known: to close what is not there is no error.
    const bytes got = std::exchange(s.shell().lease->got, {});
    ASSERT_TRUE(got.ends_with(ask::query(text)));
    const bytes closes = got.substr(0, got.size() - ask::query(text).size());
    ASSERT_TRUE(closes.empty() || closes == ask::close("p")) << readable(closes);
    if (!closes.empty()) s.backend(reply().close_complete());
    s.backend(reply().command_complete("PREPARE").row_description().data_row())
        .backend(reply().command_complete("SELECT 1").command_complete("DEALLOCATE").ready('I'))
        .client_got(reply()
                        .command_complete("PREPARE")
                        .row_description()
                        .data_row()
                        .command_complete("SELECT 1")
                        .command_complete("DEALLOCATE")
                        .ready('I'))
        .released_clean();
    is_not_there(on_a_fresh_connection(s));
}

SCRIPT(sql_prepare, what_a_string_did_before_its_error_stands) {
    s.client(ask::query("prepare p as select 1; select 1 / 0; prepare q as select 2"))
        .grant()
        .backend_got(ask::query("prepare p as select 1; select 1 / 0; prepare q as select 2"))
        .backend(reply().command_complete("PREPARE").error("22012", "division by zero").ready('I'))
        .client_got(reply().command_complete("PREPARE").error("22012", "division by zero").ready('I'))
        .released_clean();
    executes(s);
    s.client(ask::query("execute q"));
    s.grant();
    const bytes got = std::exchange(s.shell().lease->got, {});
    ASSERT_TRUE(got.ends_with(ask::query("execute q")));
    if (got.size() > ask::query("execute q").size()) s.backend(reply().close_complete());
    s.backend(reply().error("26000", "does not exist").ready('I'))
        .client_got(reply().error("26000", "does not exist").ready('I'));
}

SCRIPT(sql_prepare, survives_the_transaction_that_rolled_it_back) {
    s.client(ask::query("begin; prepare p as select 1"))
        .grant()
        .backend_got(ask::query("begin; prepare p as select 1"))
        .backend(reply().command_complete("BEGIN").command_complete("PREPARE").ready('T'))
        .client_got(reply().command_complete("BEGIN").command_complete("PREPARE").ready('T'))
        .client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").ready('I'))
        .released_clean();
    executes(s);
    on_a_fresh_connection(s);
    executes(s, brought_statement(prepare_p), own_answer("PREPARE"));
}

SCRIPT(sql_prepare, nothing_is_sent_ahead_in_a_failed_transaction) {
    on_a_fresh_connection(prepares_p(s));
    s.client(ask::query("begin; select 1 / 0"))
        .grant()
        .backend_got(ask::query("begin; select 1 / 0"))
        .backend(reply().command_complete("BEGIN").error("22012", "division by zero").ready('E'))
        .client_got(reply().command_complete("BEGIN").error("22012", "division by zero").ready('E'));
    for (const auto text : {"execute p", "deallocate p", "prepare p as select 2"})
        s.client(ask::query(text))
            .backend_got(ask::query(text))
            .backend(reply().error("25P02", "aborted").ready('E'))
            .client_got(reply().error("25P02", "aborted").ready('E'));
    s.client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").ready('I'))
        .released_clean();
    executes(s, brought_statement(prepare_p), own_answer("PREPARE"));
}

SCRIPT(sql_prepare, what_cannot_be_repeated_is_the_clients_error) {
    on_a_fresh_connection(prepares_p(s));
    s.client(ask::query("execute p"))
        .grant()
        .backend_got(brought_statement(prepare_p) + ask::query("execute p"))
        .backend(reply().parse_complete().bind_complete().error("42P01", "no such table"))
        .client_got(reply().error("42P01", "no such table"))
        // The server skips the Query, which knows no Sync of its own.
        .backend_got(ask::sync())
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean();
    // It is still the session's.
    executes(s, ask::close("p") + brought_statement(prepare_p), reply().close_complete().then(own_answer("PREPARE")));
}

SCRIPT(sql_prepare, in_a_pipeline_counts_for_what_follows) {
    s.client(ask::extended(prepare_p) + ask::extended("deallocate p") + ask::sync())
        .grant()
        .backend_got(ask::extended(prepare_p) + ask::parse("", "deallocate p") + ask::bind("", "") +
                     ask::sync())
        .backend(reply().done("PREPARE").parse_complete().bind_complete())
        .client_got(reply().done("PREPARE").done("DEALLOCATE"))
        .backend(reply().ready('I'))
        .client_got(reply().ready('I'))
        .released_clean();
    is_not_there(s, ask::close("p"), reply().close_complete());
    is_not_there(on_a_fresh_connection(s));
}

/// A portal's columns are settled when it is bound, and a statement's when it is parsed: of EXECUTE that
/// takes the statement that it names (PostgreSQL answers NoData, and no rows, where it is not there).
SCRIPT(sql_prepare, in_the_extended_protocol_is_repeated_before_what_executes_it_is_parsed) {
    s.client(ask::extended(prepare_p) + ask::sync())
        .grant()
        .backend_got(ask::extended(prepare_p) + ask::sync())
        .backend(reply().done("PREPARE").ready('I'))
        .client_got(reply().done("PREPARE").ready('I'))
        .released_clean();
    on_a_fresh_connection(s);
    s.client(ask::parse("", "execute p") + ask::bind("", "") + ask::describe_portal("") + ask::execute() +
             ask::sync())
        .grant();
    const bytes got = std::exchange(s.shell().lease->got, {});
    const auto repeated = got.find(brought_statement(prepare_p));
    ASSERT_NE(repeated, bytes::npos) << readable(got);
    EXPECT_LT(repeated, got.find(ask::parse("", "execute p"))) << readable(got);
}

SCRIPT(sql_prepare, an_error_in_a_pipeline_undoes_what_did_not_run) {
    s.client(ask::extended("select f()") + ask::extended(prepare_p) + ask::sync())
        .grant()
        .backend_got(ask::extended("select f()") + ask::extended(prepare_p) + ask::sync())
        .backend(reply().parse_complete().bind_complete().error("22012", "division by zero").ready('I'))
        .client_got(reply().parse_complete().bind_complete().error("22012", "division by zero").ready('I'))
        .inspected(pin_cause::settings | pin_cause::temporary | pin_cause::hold_cursor |
                   pin_cause::advisory_lock | pin_cause::listen)
        .released_clean();
    // Whether the connection has it is not known.
    is_not_there(s, ask::close("p"), reply().close_complete());
}

SCRIPT(sql_prepare, more_names_than_a_connection_may_have_are_discarded_with_it) {
    s.rules().prepared_per_backend = 2;
    prepares_p(s);
    s.runs("prepare q as select 2", "PREPARE").released_clean();
    s.runs("prepare r as select 3", "PREPARE")
        .released({.discard = true}, "to be discarded")
        .old_backend_got(ask::query("DISCARD ALL"))
        .old_backend(reply().command_complete("DISCARD ALL").ready('I'));
    executes(s, brought_statement(prepare_p), own_answer("PREPARE"));
}

SCRIPT(sql_prepare, deallocate_all_forgets_it) {
    s.runs("listen channel", "LISTEN").inspected(pin_cause::listen, {found_row("l")});
    s.runs(prepare_p, "PREPARE").keeps_lease().pinned_by(pin_cause::listen);
    s.runs("deallocate all", "DEALLOCATE ALL").keeps_lease();
    s.client(ask::query("execute p"))
        .backend_got(ask::query("execute p"))
        .backend(reply().error("26000", "does not exist").ready('I'))
        .client_got(reply().error("26000", "does not exist").ready('I'));
}

// ---- what another session has left on the connection ----

SCRIPT(sql_prepare, of_another_session_is_not_there) {
    prepares_p(s).another_client_comes();
    is_not_there(s, ask::close("p"), reply().close_complete());
    prepares_p(s).another_client_comes();
    s.client(ask::query("deallocate p"))
        .grant()
        .backend_got(ask::close("p") + ask::query("deallocate p"))
        .backend(reply().close_complete().error("26000", "does not exist").ready('I'))
        .client_got(reply().error("26000", "does not exist").ready('I'));
}

SCRIPT(sql_prepare, of_another_session_is_in_nobodys_way) {
    prepares_p(s).another_client_comes();
    s.client(ask::query("prepare p as select 2"))
        .grant()
        .backend_got(ask::close("p") + ask::query("prepare p as select 2"))
        .backend(reply().close_complete().command_complete("PREPARE").ready('I'))
        .client_got(reply().command_complete("PREPARE").ready('I'));
    executes(s);
}

SCRIPT(sql_prepare, of_another_session_with_the_same_text_is_as_good) {
    auto& all = s.around();
    const auto same = all.statements.intern(prepare_p, statement::sql_prepare, all.verdicts);
    on_a_fresh_connection(prepares_p(s));
    s.shell().idle_connection(primary_node).link.named.set("p", same->id);
    executes(s);
}

SCRIPT(sql_prepare, of_another_session_is_not_there_for_the_protocol) {
    for (const bytes& cycle : {ask::bind("", "p") + ask::execute() + ask::sync(),
                               ask::describe("p") + ask::sync()}) {
        prepares_p(s).another_client_comes();
        s.client(cycle)
            .grant()
            .backend_got(ask::close("p") + cycle)
            .backend(reply().close_complete().error("26000", "does not exist").ready('I'))
            .client_got(reply().error("26000", "does not exist").ready('I'))
            .another_client_comes();
    }
}

}  // namespace
}  // namespace weir::session

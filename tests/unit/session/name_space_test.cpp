// Statements of both protocols' making have one name space, as PostgreSQL has: what Parse has named is
// there for EXECUTE, what PREPARE has named for Bind, and both for pg_prepared_statements.
#include "unit/session/brought_statement.hpp"
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

constexpr auto prepare_p = "prepare p as select 1";
constexpr auto select_2 = "select 2";
const bytes run_p = ask::bind("", "p") + ask::describe_portal("") + ask::execute() + ask::sync();

bytes row() { return reply().one_row().str(); }
/// ... to Bind, Describe, Execute, Sync.
bytes bound_row() {
    return reply().bind_complete().row_description().data_row().command_complete("SELECT 1").ready('I').str();
}
bytes refused(bytes_view code, bytes_view text) { return reply().error(code, text).ready('I').str(); }

/// One cycle on the primary that leaves nothing behind.
script& cycle(script& s, bytes_view from_client, bytes_view to_server, bytes_view from_server,
              bytes_view to_client) {
    return s.client(from_client)
        .expects_lease(primary_node)
        .grant()
        .backend_got(to_server)
        .backend(from_server)
        .client_got(to_client)
        .released_clean();
}

script& prepares_p(script& s) { return s.runs(prepare_p, "PREPARE").released_clean(); }

/// Parse of a name, which the connection knows by Weir's.
script& parses(script& s, bytes_view name = "s1") {
    const auto done = reply().parse_complete().ready('I');
    return s.client(ask::parse(name, select_2) + ask::sync())
        .grant()
        .backend_got(ask::parse("$1", select_2) + ask::sync())
        .backend(done)
        .client_got(done)
        .released_clean();
}

/// What comes next runs on the primary, on a connection that nobody has used.
script& has_written(script& s) {
    s.writes(0);
    s.shell().last_released->now = fake_backend::state::closed;
    return s;
}

SCRIPT(name_space, what_prepare_has_named_is_there_for_bind) {
    prepares_p(s);
    cycle(s, run_p, run_p, bound_row(), bound_row());
}

SCRIPT(name_space, what_prepare_has_named_is_repeated_for_bind_and_describe) {
    has_written(prepares_p(s));
    cycle(s, run_p, brought_statement(prepare_p) + run_p, reply().then(own_answer("PREPARE")).then(bound_row()),
          bound_row());
    has_written(s);
    const auto described = reply().parameter_description().row_description().ready('I');
    cycle(s, ask::describe("p") + ask::sync(), brought_statement(prepare_p) + ask::describe("p") + ask::sync(),
          reply().then(own_answer("PREPARE")).then(described), described);
}

/// PREPARE ran when it was sent; what Bind and Execute run is what it prepared.
SCRIPT(name_space, what_prepare_has_named_stays_known_when_bind_runs_it) {
    prepares_p(s);
    for (int i = 0; i < 3; ++i) cycle(s, run_p, run_p, bound_row(), bound_row());
}

SCRIPT(name_space, a_write_that_prepare_has_named_is_a_write_when_bind_runs_it) {
    s.runs("prepare p as insert into t values (1)", "PREPARE").released_clean();
    s.shell().asked_position.reset();
    const bytes run = ask::bind("", "p") + ask::execute() + ask::sync();
    const auto done = reply().bind_complete().command_complete("INSERT 0 1").ready('I');
    cycle(s, run, run, done, done).asked_position();
}

SCRIPT(name_space, running_it_does_not_bring_back_a_name_that_was_given_up) {
    prepares_p(s);
    const bytes pipeline = ask::bind("c", "p") + ask::extended("deallocate p") + ask::execute("c") + ask::sync();
    s.client(pipeline).grant();
    const bytes got = std::exchange(s.shell().lease->got, {});
    s.backend(reply().bind_complete().parse_complete().bind_complete());
    // It may be closed on the connection ahead of what runs: the portal stays.
    if (got.find(ask::close("p")) != bytes::npos) s.backend(reply().close_complete());
    s.backend(reply().data_row().command_complete("SELECT 1").ready('I'))
        .client_got(reply()
                        .bind_complete()
                        .done("DEALLOCATE")
                        .data_row()
                        .command_complete("SELECT 1")
                        .ready('I'))
        .released_clean();
    s.shell().last_released->now = fake_backend::state::closed;
    cycle(s, ask::query("execute p"), ask::query("execute p"), refused("26000", "does not exist"),
          refused("26000", "does not exist"));
}

SCRIPT(name_space, what_parse_has_named_is_there_for_execute) {
    parses(s);
    cycle(s, ask::query("execute s1"), ask::parse("s1", select_2) + ask::query("execute s1"),
          reply().parse_complete().then(row()), row());
    // Now the connection has it under that name, too.
    cycle(s, ask::query("execute s1"), ask::query("execute s1"), row(), row());
}

SCRIPT(name_space, what_parse_has_named_is_given_up_by_deallocate) {
    parses(s);
    cycle(s, ask::query("execute s1"), ask::parse("s1", select_2) + ask::query("execute s1"),
          reply().parse_complete().then(row()), row());
    s.client(ask::query("deallocate s1"))
        .expects_no_lease()
        .client_got(reply().command_complete("DEALLOCATE").ready('I'));
    cycle(s, ask::query("execute s1"), ask::close("s1") + ask::query("execute s1"),
          reply().close_complete().then(refused("26000", "does not exist")),
          refused("26000", "does not exist"));
}

SCRIPT(name_space, what_prepare_has_named_is_given_up_by_close) {
    prepares_p(s)
        .client(ask::close("p") + ask::sync())
        .expects_no_lease()
        .client_got(reply().close_complete().ready('I'));
    const bytes run = ask::bind("", "p") + ask::sync();
    cycle(s, run, ask::close("p") + run, reply().close_complete().then(refused("26000", "does not exist")),
          refused("26000", "does not exist"));
}

SCRIPT(name_space, close_on_a_lease_closes_it_there) {
    s.runs("listen channel", "LISTEN").inspected(pin_cause::listen, {found_row("l")});
    s.runs(prepare_p, "PREPARE").keeps_lease();
    s.client(ask::close("p") + ask::describe("p") + ask::sync())
        .backend_got(ask::close("p") + ask::describe("p") + ask::sync())
        .backend(reply().close_complete().error("26000", "does not exist").ready('I'))
        .client_got(reply().close_complete().error("26000", "does not exist").ready('I'));
}

SCRIPT(name_space, parse_of_a_name_that_prepare_gave_is_a_duplicate) {
    prepares_p(s);
    const auto write = "insert into t values (2)";
    cycle(s, ask::parse("p", write) + ask::sync(),
          ask::parse("$1", write) + ask::describe("weir_0") + ask::sync(),
          reply().parse_complete().error("26000", "weir_0 does not exist").ready('I'),
          refused("42P05", "prepared statement \"p\" already exists"));
    cycle(s, run_p, run_p, bound_row(), bound_row());
}

SCRIPT(name_space, prepare_of_a_name_that_parse_gave_is_a_duplicate) {
    parses(s);
    cycle(s, ask::query("prepare s1 as select 3"),
          ask::parse("s1", select_2) + ask::query("prepare s1 as select 3"),
          reply().parse_complete().then(refused("42P05", "already exists")),
          refused("42P05", "already exists"));
    // It is what it was, and the connection's is brought back to it.
    cycle(s, ask::query("execute s1"),
          ask::close("s1") + ask::parse("s1", select_2) + ask::query("execute s1"),
          reply().close_complete().parse_complete().then(row()), row());
}

SCRIPT(name_space, deallocate_all_gives_up_both) {
    parses(prepares_p(s))
        .client(ask::query("deallocate all"))
        .expects_no_lease()
        .client_got(reply().command_complete("DEALLOCATE ALL").ready('I'));
    for (const auto name : {"p", "s1"}) {
        const bytes run = ask::bind("", name) + ask::sync();
        const bool there = std::string_view(name) == "p";
        cycle(s, run, (there ? ask::close(name) : bytes()) + run,
              there ? reply().close_complete().then(refused("26000", "does not exist")).str()
                    : refused("26000", "does not exist"),
              refused("26000", "does not exist"));
    }
}

/// What EXECUTE runs may be anything that Parse has named.
SCRIPT(name_space, what_execute_runs_is_judged_for_what_it_leaves) {
    const auto set = "set work_mem = '3MB'";
    const auto done = reply().parse_complete().ready('I');
    cycle(s, ask::parse("s1", set) + ask::sync(), ask::parse("$1", set) + ask::sync(), done, done);
    s.client(ask::query("execute s1"))
        .grant()
        .backend_got(ask::parse("s1", set) + ask::query("execute s1"))
        .backend(reply().parse_complete().command_complete("SET").ready('I'))
        .client_got(reply().command_complete("SET").ready('I'))
        .inspected(pin_cause::settings, {setting_row("work_mem", "3MB")})
        .released_clean();
}

// ---- pg_prepared_statements ----

// What makes the list is not part of what the client runs.
bytes alone(bytes_view ahead) { return bytes(ahead) + ask::sync(); }
bytes answered_alone(bytes_view answer) { return reply().then(answer).ready('I').str(); }

constexpr auto list = "select name from pg_prepared_statements";

SCRIPT(name_space, a_list_shows_the_sessions_names_and_no_others) {
    has_written(parses(prepares_p(s), "S 1"));
    cycle(s, ask::query(list),
          alone(brought_statement("DEALLOCATE ALL")) + alone(ask::parse("S 1", select_2)) +
              alone(brought_statement(prepare_p)) + ask::query(list),
          reply()
              .then(answered_alone(own_answer("DEALLOCATE ALL")))
              .then(answered_alone(reply().parse_complete()))
              .then(answered_alone(own_answer("PREPARE")))
              .then(row()),
          row());
    // The connection has them now.
    cycle(s, run_p, run_p, bound_row(), bound_row());
    cycle(s, ask::query("execute \"S 1\""), ask::query("execute \"S 1\""), row(), row());
}

SCRIPT(name_space, a_list_of_nothing_is_empty) {
    prepares_p(s).another_client_comes();
    cycle(s, ask::query(list), alone(brought_statement("DEALLOCATE ALL")) + ask::query(list),
          reply().then(answered_alone(own_answer("DEALLOCATE ALL"))).then(row()), row());
}

SCRIPT(name_space, a_list_is_right_within_its_own_cycle) {
    const bytes own = ask::parse("l", list) + ask::bind("", "l") + ask::execute() + ask::sync();
    const auto answer = reply().parse_complete().bind_complete().data_row().command_complete("SELECT 1").ready('I');
    cycle(s, own, alone(brought_statement("DEALLOCATE ALL")) + own,
          reply().then(answered_alone(own_answer("DEALLOCATE ALL"))).then(answer), answer);
}

SCRIPT(name_space, a_list_lacks_what_cannot_be_prepared_any_more) {
    has_written(s.runs("prepare p as select * from x", "PREPARE"));
    cycle(s, ask::query(list),
          alone(brought_statement("DEALLOCATE ALL")) + alone(brought_statement("prepare p as select * from x")) +
              ask::query(list),
          reply()
              .then(answered_alone(own_answer("DEALLOCATE ALL")))
              .parse_complete()
              .bind_complete()
              .error("42P01", "no such table")
              .ready('I')
              .then(row()),
          row());
}

SCRIPT(name_space, text_that_is_not_understood_finds_the_sessions_names) {
    prepares_p(s).another_client_comes();
    s.client(ask::query("frobnicate p"))
        .grant()
        .backend_got(alone(brought_statement("DEALLOCATE ALL")) + ask::query("frobnicate p"))
        .backend(reply().then(answered_alone(own_answer("DEALLOCATE ALL"))).command_complete("FROBNICATE").ready('I'))
        .client_got(reply().command_complete("FROBNICATE").ready('I'));
    s.client_leaves();
    s.shell().last_released->got.clear();
}

}  // namespace
}  // namespace weir::session

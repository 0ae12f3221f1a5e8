// Names in a transaction that has failed: nothing can be prepared there until something leads out of it.
#include "unit/session/brought_statement.hpp"
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

constexpr auto prepare_p = "prepare p as select 1";
constexpr auto aborted = "current transaction is aborted, commands ignored until end of transaction block";
const bytes unknown_statement = ask::describe("weir_0");

script& on_a_fresh_connection(script& s) {
    s.shell().last_released->now = fake_backend::state::closed;
    return s;
}

/// ... and its connection is cleaned.
void leaves(script& s) {
    s.client_leaves();
    s.shell().last_released->got.clear();
}

/// A transaction with a savepoint, in which something has gone wrong, on a connection that nobody has used.
script& fails_in_a_transaction(script& s) {
    const auto text = "begin; savepoint one; drop table nosuch";
    return on_a_fresh_connection(s)
        .client(ask::query(text))
        .grant()
        .backend_got(ask::query(text))
        .backend(reply().command_complete("BEGIN").command_complete("SAVEPOINT").error("42P01", "none").ready('E'))
        .client_got(
            reply().command_complete("BEGIN").command_complete("SAVEPOINT").error("42P01", "none").ready('E'));
}

SCRIPT(failed_names, what_prepare_has_named_is_refused_for_the_transactions_sake) {
    fails_in_a_transaction(s.runs(prepare_p, "PREPARE").released_clean());
    for (const auto& [asked, behind] : {std::pair{ask::bind("", "p"), ask::execute()}, {ask::describe("p"), ""}}) {
        s.client(asked + behind + ask::sync())
            .backend_got(unknown_statement + behind + ask::sync())
            .backend(reply().error("26000", "weir_0 does not exist").ready('E'))
            .client_got(reply().error("25P02", aborted).ready('E'));
    }
    leaves(s);
}

SCRIPT(failed_names, what_no_one_has_named_is_not_there) {
    s.writes(0);
    fails_in_a_transaction(s);
    s.client(ask::bind("", "p") + ask::sync())
        .backend_got(ask::bind("", "p") + ask::sync())
        .backend(reply().error("26000", "does not exist").ready('E'))
        .client_got(reply().error("26000", "does not exist").ready('E'));
    leaves(s);
}

/// ReadyForQuery comes with Sync only, and says too late that the transaction has ended.
SCRIPT(failed_names, what_a_flush_leads_out_of_is_over) {
    const auto rolled_back = reply().done("ROLLBACK");
    const bytes prepare = ask::extended("prepare p as select 2");
    fails_in_a_transaction(s.runs("delete from t", "DELETE 0").asked_position().released_clean());
    s.client(ask::extended("rollback") + ask::flush())
        .backend_got(ask::extended("rollback") + ask::flush())
        .backend(rolled_back)
        .client_got(rolled_back)
        .client(prepare + ask::sync())
        .backend_got(prepare + ask::sync())
        .backend(reply().done("PREPARE").ready('I'))
        .client_got(reply().done("PREPARE").ready('I'))
        .released_clean();
    EXPECT_EQ(s.shell().last_released->link.named.find("p"), 0u);
}

SCRIPT(failed_names, a_list_behind_what_leads_out_of_it_is_whole) {
    const bytes back = ask::extended("rollback to one");
    const bytes list = ask::extended("select name from pg_prepared_statements");
    fails_in_a_transaction(s.runs(prepare_p, "PREPARE").released_clean());
    s.client(back + list + ask::sync())
        .backend_got(back + brought_statement("DEALLOCATE ALL") + brought_statement(prepare_p) + list + ask::sync())
        .backend(reply()
                     .done("ROLLBACK")
                     .then(own_answer("DEALLOCATE ALL"))
                     .then(own_answer("PREPARE"))
                     .parse_complete()
                     .bind_complete()
                     .data_row("p")
                     .command_complete("SELECT 1")
                     .ready('T'))
        .client_got(reply()
                        .done("ROLLBACK")
                        .parse_complete()
                        .bind_complete()
                        .data_row("p")
                        .command_complete("SELECT 1")
                        .ready('T'));
    leaves(s);
}

/// In a Query nothing can be prepared between its statements; what others have named can still go.
SCRIPT(failed_names, a_list_in_a_query_that_leads_out_of_it_shows_nobody_elses) {
    const auto text = "rollback; select name from pg_prepared_statements";
    s.writes(0);
    fails_in_a_transaction(s);
    s.shell().lease->link.named.set("q", 4711);
    s.client(ask::query(text))
        .backend_got(ask::close("q") + ask::query(text))
        .backend(reply().close_complete().command_complete("ROLLBACK").command_complete("SELECT 0").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").command_complete("SELECT 0").ready('I'));
    leaves(s);
}

}  // namespace
}  // namespace weir::session

// A session's life around its queries: waiting, cancel, time-outs, drain, the console, and its end.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using namespace std::chrono_literals;

constexpr auto shutting_down = "terminating connection because Weir is shutting down";

SCRIPT(life, a_client_that_leaves_while_running_closes_the_connection) {
    s.client(ask::query("insert into t values (1)"))
        .grant()
        .backend_got(ask::query("insert into t values (1)"))
        .client_leaves()
        .released_closed()
        .closed_client();
}

SCRIPT(life, a_client_that_leaves_while_waiting_takes_its_request_back) {
    s.client(ask::query("select 1")).expects_replica().client_leaves().expects_no_lease().closed_client();
}

SCRIPT(life, terminate_ends_it) {
    s.client(ask::terminate()).closed_client().client_got_nothing().is_in(phase::closed);
}

SCRIPT(life, terminate_behind_a_query_waits_for_its_answer) {
    s.client(ask::query("select 1") + ask::terminate())
        .grant()
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean()
        .closed_client();
}

SCRIPT(life, what_ran_without_a_sync_is_not_committed_by_leaving) {
    s.client(ask::extended("insert into t values (1)") + ask::flush())
        .grant()
        .backend_got(ask::extended("insert into t values (1)") + ask::flush())
        .backend(reply().done("INSERT 0 1"))
        .client_got(reply().done("INSERT 0 1"))
        .client_leaves()
        .released_closed();
}

SCRIPT(life, garbage_ends_it_with_a_protocol_violation) {
    s.client(ask::query("select 1"))
        .grant()
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .client(bytes("\x01garbage", 8))
        .client_got(reply().error("08P01", "invalid frontend message type 1", "FATAL"))
        .closed_client();
}

SCRIPT(life, cancel_while_waiting_for_a_lease) {
    s.client(ask::query("select 1"))
        .expects_replica()
        .cancel()
        .expects_no_lease()
        .client_got(reply().error("57014", "canceling statement due to user request").ready('I'))
        .reads_on_a_replica();
}

SCRIPT(life, cancel_while_running_goes_to_the_backend) {
    s.client(ask::query("select 1"))
        .grant()
        .backend_got(ask::query("select 1"))
        .cancel()
        .cancelled_backend()
        .backend(reply().error("57014", "canceling statement").ready('I'))
        .client_got(reply().error("57014", "canceling statement").ready('I'))
        .released_clean();
}

SCRIPT(life, cancel_while_idle_is_nothing) {
    s.cancel().client_got_nothing();
    EXPECT_FALSE(s.shell().cancelled_backend);
    s.reads_on_a_replica();
}

SCRIPT(life, a_write_waits_for_a_primary) {
    s.primary_goes()
        .client(ask::query("insert into t values (1)"))
        .expects_no_lease()
        .is_in(phase::holding)
        .client_got_nothing()
        .after(10s)
        .primary_comes()
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("insert into t values (1)"))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(life, reads_go_on_without_a_primary) { s.primary_goes().reads_on_a_replica(); }

SCRIPT(life, waiting_for_a_primary_has_an_end) {
    s.primary_goes()
        .client(ask::query("insert into t values (1)"))
        .after(59s)
        .client_got_nothing()
        .after(2s)
        .client_got(reply().error("57P03", "no primary is available").ready('I'))
        .is_in(phase::ready)
        .reads_on_a_replica();
}

SCRIPT(life, cancel_while_waiting_for_a_primary) {
    s.primary_goes()
        .client(ask::query("insert into t values (1)"))
        .cancel()
        .client_got(reply().error("57014", "canceling statement due to user request").ready('I'))
        .after(61s)
        .client_got_nothing()
        .primary_comes()
        .expects_no_lease();
}

SCRIPT(life, a_primary_that_cannot_be_reached_is_waited_for_once) {
    s.client(ask::query("insert into t values (1)"))
        .refuse({"08006", "refused"}, true)
        .is_in(phase::holding)
        .after(30s)
        .primary_comes()
        .expects_lease(primary_node)
        .refuse({"08006", "refused"}, true)
        .after(31s)
        .client_got(reply().error("57P03", "no primary is available").ready('I'));
    EXPECT_EQ(s.shell().probed.size(), 2u);
}

SCRIPT(life, begin_is_answered_while_the_primary_is_away) {
    s.primary_goes()
        .client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query("insert into t values (1)"))
        .is_in(phase::holding)
        .after(61s)
        .client_got(reply().error("57P03", "no primary is available").ready('E'))
        .client(ask::query("rollback"))
        .client_got(reply().command_complete("ROLLBACK").ready('I'));
}

SCRIPT(life, the_connection_lost_in_a_write_is_told) {
    s.client(ask::query("insert into t values (1)"))
        .grant()
        .backend_got(ask::query("insert into t values (1)"))
        .backend_closes()
        .released_closed()
        .client_got(reply().error("08007", "the connection to the server was lost, and the outcome is not known",
                                  "FATAL"))
        .closed_client();
}

SCRIPT(life, a_server_out_of_step_is_never_lent_again) {
    s.client(ask::query("insert into t values (1)"))
        .grant()
        .backend_got(ask::query("insert into t values (1)"))
        .backend(reply().bind_complete())
        .released_closed()
        .client_got(reply().error("08P01", "unexpected message '2' from the server", "FATAL"))
        .closed_client();
}

SCRIPT(life, a_status_that_cannot_be_read_ends_the_connection) {
    s.client(ask::query("insert into t values (1)"))
        .grant()
        .backend_got(ask::query("insert into t values (1)"))
        .backend(reply().command_complete("INSERT 0 1").ready('?'))
        .released_closed()
        .closed_client();
    EXPECT_EQ(shown_to_client(s.shell().client_got).back().substr(0, 25), "ErrorResponse FATAL 08P01");
    s.shell().client_got.clear();
}

SCRIPT(life, drain_ends_an_idle_client) {
    s.drain().client_got(reply().error("57P01", shutting_down, "FATAL")).closed_client();
}

SCRIPT(life, drain_waits_for_the_query) {
    s.client(ask::query("select 1"))
        .grant()
        .backend_got(ask::query("select 1"))
        .drain()
        .client_got_nothing()
        .backend(reply().one_row())
        .client_got(reply().one_row().error("57P01", shutting_down, "FATAL"))
        .released_clean()
        .closed_client();
}

SCRIPT(life, drain_waits_for_the_transaction) {
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .drain()
        .client_got_nothing()
        .client(ask::query("commit"))
        .client_got(reply().command_complete("COMMIT").ready('I').error("57P01", shutting_down, "FATAL"))
        .closed_client();
}

SCRIPT(life, drain_ends_a_pinned_client_between_its_cycles) {
    s.client(ask::query("listen channel"))
        .grant()
        .backend_got(ask::query("listen channel"))
        .backend(reply().command_complete("LISTEN").ready('I'))
        .client_got(reply().command_complete("LISTEN").ready('I'))
        .inspected(query::pin_cause::listen, {found_row("l")})
        .drain()
        .client_got(reply().error("57P01", shutting_down, "FATAL"))
        .closed_client()
        .released({.discard = true}, "to be discarded")
        .old_backend_got(ask::query("DISCARD ALL"));
}

SCRIPT(life, drain_waits_for_what_weir_asks_of_a_lease) {
    s.runs("listen channel", "LISTEN")
        .drain()
        .client_got_nothing()
        .inspected(query::pin_cause::listen, {found_row("l")})
        .client_got(reply().error("57P01", shutting_down, "FATAL"))
        .closed_client()
        .released({.discard = true}, "to be discarded")
        .old_backend_got(ask::query("DISCARD ALL"));
}

SCRIPT(life, drain_ends_a_client_whose_query_was_refused) {
    s.primary_goes()
        .client(ask::query("insert into t values (1)"))
        .drain()
        .client_got_nothing()
        .after(61s)
        .client_got(reply()
                        .error("57P03", "no primary is available")
                        .ready('I')
                        .error("57P01", shutting_down, "FATAL"))
        .closed_client();
}

SCRIPT(life, an_empty_query_needs_no_node) {
    s.client(ask::query("")).expects_no_lease().client_got(reply().empty_query().ready('I'));
    s.client(ask::query(" ; -- nothing\n"))
        .expects_no_lease()
        .client_got(reply().empty_query().ready('I'));
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query(";"))
        .expects_no_lease()
        .client_got(reply().empty_query().ready('T'));
}

SCRIPT(life, an_empty_extended_query_is_a_read) {
    const bytes cycle = ask::extended("") + ask::sync();
    s.client(cycle)
        .expects_replica()
        .grant()
        .backend_got(cycle)
        .backend(reply().parse_complete().bind_complete().empty_query().ready('I'))
        .client_got(reply().parse_complete().bind_complete().empty_query().ready('I'))
        .released_clean();
}

SCRIPT(life, notices_pass) {
    s.client(ask::query("insert into t values (1)"))
        .grant()
        .backend_got(ask::query("insert into t values (1)"))
        .backend(reply().notice("01000", "careful"))
        .client_got(reply().notice("01000", "careful"))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

}  // namespace
}  // namespace weir::session

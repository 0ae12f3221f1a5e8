// Sessions while an operator has paused their database or drained a node, and those that are ended.
#include "unit/session/door.hpp"
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using namespace std::chrono_literals;

constexpr auto write = "insert into t values (1)";

script& is_written(script& s, node_id where = primary_node) {
    return s.expects_lease(where)
        .grant()
        .backend_got(ask::query(write))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

script& is_read(script& s) {
    return s.expects_replica()
        .grant()
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

script& primary_moves(script& s, node_id to) {
    s.around().cluster_becomes([&](cluster::snapshot& next) {
        next.nodes[next.primary->value].is = cluster::role::replica;
        next.nodes[to.value].is = cluster::role::primary;
        next.primary = to;
    });
    return s;
}

SCRIPT(hold, a_write_waits_longer_than_for_a_primary) {
    s.client(ask::query(write)).held().after(10min).client_got_nothing().asks_again();
    is_written(s);
}

SCRIPT(hold, a_write_goes_to_the_new_primary) {
    s.client(ask::query(write)).expects_lease(primary_node).held();
    primary_moves(s, replica_1).asks_again().expects_lease(replica_1).client_leaves();
}

SCRIPT(hold, where_no_primary_is_left_it_is_waited_for_from_then_on) {
    s.client(ask::query(write)).held().after(10min).primary_goes().asks_again().is_in(phase::holding);
    s.after(59s).client_got_nothing().after(2s).client_got(
        reply().error("57P03", "no primary is available").ready('I'));
}

SCRIPT(hold, a_read_looks_for_another_replica) {
    s.client(ask::query("select a from t"));
    const auto first = *s.shell().asked;
    s.around().cluster_becomes([&](cluster::snapshot& next) { next.nodes[first.value].drained = true; });
    s.asks_again();
    EXPECT_NE(*s.shell().asked, first);
    is_read(s);
}

SCRIPT(hold, without_another_replica_it_is_the_primarys) {
    s.client(ask::query("select a from t"));
    s.around().cluster_becomes(
        [](cluster::snapshot& next) { next.nodes[1].drained = next.nodes[2].drained = true; });
    s.asks_again().expects_lease(primary_node).client_leaves();
}

SCRIPT(hold, waits_on_the_time_of_the_statement) {
    s.runs("set statement_timeout = 100", "SET")
        .inspected(query::pin_cause::settings, {setting_row("statement_timeout", "100")})
        .released_clean();
    s.client(ask::query(write))
        .held()
        .after(99ms)
        .client_got_nothing()
        .after(1ms)
        .client_got(reply().error("57014", "canceling statement due to statement timeout").ready('I'))
        .expects_no_lease();
}

SCRIPT(hold, a_cancel_ends_the_wait) {
    s.client(ask::query(write))
        .held()
        .cancel()
        .expects_no_lease()
        .client_got(reply().error("57014", "canceling statement due to user request").ready('I'));
}

SCRIPT(hold, a_transaction_that_has_not_begun_waits_as_well) {
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query(write))
        .expects_lease(primary_node)
        .held()
        .client_got_nothing()
        .asks_again()
        .expects_lease(primary_node)
        .client_leaves();
}

SCRIPT(hold, in_session_mode_a_read_stays_on_the_connection_that_is_kept) {
    s.rules().mode = routing::pool_mode::session;
    s.client(ask::query(write))
        .grant()
        .backend_got(ask::query(write))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .keeps_lease()
        .position(0x100);
    s.client(ask::query("select a from t"))
        .expects_replica()
        .held()
        .expects_no_lease()
        .because(routing::reason::held_primary)
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .keeps_lease()
        .client_leaves();
}

constexpr auto ended = "terminating connection due to administrator command";

SCRIPT(killed, idle) { s.is_killed().client_got(reply().error("57P01", ended, "FATAL")).closed_client(); }

SCRIPT(killed, while_it_waits) {
    s.client(ask::query(write))
        .held()
        .is_killed()
        .expects_no_lease()
        .client_got(reply().error("57P01", ended, "FATAL"))
        .closed_client();
}

SCRIPT(killed, in_a_statement) {
    s.client(ask::query(write))
        .grant()
        .backend_got(ask::query(write))
        .is_killed()
        .released_closed()
        .client_got(reply().error("57P01", ended, "FATAL"))
        .closed_client();
}

DOOR(killed, before_it_is_known_without_a_word) {
    d.shell().tell_and_read(terminated{});
    EXPECT_TRUE(d.shell().closed);
    EXPECT_EQ(d.shell().client_got, "");
}

DOOR(hold, a_client_that_comes_meanwhile_is_welcomed_by_a_node_that_is_not_drained) {
    d.sends(ask::startup({{"user", "ann"}, {"database", "shop"}}));
    d.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[0].drained = true; });
    d.identify(nullptr);
    EXPECT_EQ(d.shell().asked, replica_1);
    d.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[1].drained = true; });
    d.shell().let_ask_again();
    EXPECT_EQ(d.shell().asked, replica_2);
    d.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[2].drained = true; });
    d.shell().let_ask_again();
    EXPECT_EQ(d.shell().asked, primary_node) << "where it waits";
}

}  // namespace
}  // namespace weir::session

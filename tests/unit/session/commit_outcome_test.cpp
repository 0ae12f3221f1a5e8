// A COMMIT whose answer is lost: with commit_outcome the primary is asked what has become of it.
#include <gmock/gmock.h>

#include "unit/session/script.hpp"

namespace weir::session {
namespace {

constexpr auto write = "update t set a = 1";
constexpr auto lost = "the connection to the server was lost";
constexpr auto unknown = "the connection to the server was lost, and the outcome is not known";
constexpr auto wal_file = "000000010000000000000001";
const std::string settle =
    "SELECT pg_catalog.pg_xact_status('700'), NULL, pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn())";

reply answer(const std::vector<std::optional<bytes>>& row, char status) {
    return reply().row_description({"a", "b", "c"}).row(row).command_complete("SELECT 1").ready(status);
}

script& begins_and_writes(script& s, bytes_view what = write) {
    s.client(ask::query("begin")).client_got(reply().command_complete("BEGIN").ready('T'));
    s.client(ask::query(what)).expects_lease(primary_node).grant();
    s.backend_got(ask::begin_as("$1", "begin") + ask::query(what));
    s.backend(reply().done("BEGIN").command_complete("UPDATE 1").ready('T'));
    return s.client_got(reply().command_complete("UPDATE 1").ready('T'));
}

/// On the same connection, which knows the BEGIN by now; its COMMIT is sent at once.
script& commits_unmarked(script& s, bytes_view what = write) {
    for (const auto& b : s.shell().backends()) b->link.drew_sequence = false;  // nothing to be forgotten ahead of it
    s.client(ask::query("begin")).client_got(reply().command_complete("BEGIN").ready('T'));
    s.client(ask::query(what)).expects_lease(primary_node).grant();
    s.backend_got(ask::bind("", "$1") + ask::execute() + ask::query(what));
    s.backend(reply().bind_complete().command_complete("BEGIN").command_complete("UPDATE 1").ready('T'));
    s.client_got(reply().command_complete("UPDATE 1").ready('T'));
    s.client(ask::query("commit")).backend_got(ask::query("commit"));
    const auto committed = reply().command_complete("COMMIT").ready('I');
    return s.backend(committed).client_got(committed);
}

script& is_marked(script& s, const std::optional<bytes>& xid = "700") {
    s.is_in(phase::preparing).backend_got(ask::query(commit_mark::question()));
    return s.backend(answer({xid, "0/5000", wal_file}, 'T'));
}

/// The COMMIT is on its way to the server.
script& commits(script& s) {
    s.rules().routing.commit_outcome = true;
    begins_and_writes(s).client(ask::query("commit"));
    return is_marked(s).client_got_nothing().backend_got(ask::query("commit"));
}

script& is_settled(script& s, bytes_view status, node_id by = primary_node) {
    s.client_got_nothing().expects_lease(by).grant().backend_got(ask::query(settle));
    return s.backend(answer({bytes(status), std::nullopt, wal_file}, 'I'));
}

const reply& committed() {
    static const auto told = reply().command_complete("COMMIT").ready('I');
    return told;
}

const reply& rolled_back() {
    static const auto told = reply().error("40001", "the transaction was rolled back").ready('I');
    return told;
}

SCRIPT(commit_outcome, whatever_is_answered_reaches_the_client) {
    commits(s).backend(committed()).client_got(committed()).released_clean().asked_position();
}

SCRIPT(commit_outcome, a_commit_that_was_done) {
    commits(s).backend_closes().released_closed();
    is_settled(s, "committed").client_got(committed()).released_clean().asked_position();
    s.position(0x200).writes(0);
}

SCRIPT(commit_outcome, a_commit_that_was_not) {
    commits(s).backend_closes();
    is_settled(s, "aborted").client_got(rolled_back()).released_clean();
    s.position(0x200).writes(0);
}

SCRIPT(commit_outcome, a_server_that_says_that_it_goes_down) {
    commits(s).backend(reply().error("57P01", "terminating", "FATAL")).released_closed();
    is_settled(s, "committed").client_got(committed());
}

SCRIPT(commit_outcome, a_commit_that_is_still_under_way_is_asked_for_again) {
    commits(s).backend_closes();
    is_settled(s, "in progress").client_got_nothing();
    s.backend_got(ask::query("SELECT pg_catalog.pg_sleep(0.05); " + settle));
    s.backend(reply().row_description().data_row("").command_complete("SELECT 1"));
    s.backend(answer({"committed", std::nullopt, wal_file}, 'I')).client_got(committed());
}

SCRIPT(commit_outcome, for_as_long_as_one_waits_for_a_primary) {
    s.rules().routing.failover_wait = milliseconds(100);
    commits(s).backend_closes();
    s.client_got_nothing().expects_lease(primary_node).grant().backend_got(ask::query(settle));
    s.after(milliseconds(100)).client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(commit_outcome, without_a_primary_it_waits_for_one) {
    commits(s).backend_closes().client_got_nothing().expects_lease(primary_node);
    s.refuse({"08006", "refused"}, true).is_in(phase::holding).primary_goes().primary_comes();
    is_settled(s, "committed").client_got(committed());
}

SCRIPT(commit_outcome, but_not_for_ever) {
    s.rules().routing.failover_wait = milliseconds(100);
    commits(s).primary_goes().backend_closes().expects_no_lease().is_in(phase::holding);
    s.after(milliseconds(100)).client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(commit_outcome, a_limit_of_the_statement_is_none_of_the_question) {
    routing::rule quick;
    quick.name = "quick";
    quick.timeout = milliseconds(50);
    s.rules().rules = routing::rule_set({quick});
    commits(s).primary_goes().backend_closes().is_in(phase::holding).after(milliseconds(60));
    s.client_got_nothing().primary_comes();
    is_settled(s, "committed").client_got(committed());
}

SCRIPT(commit_outcome, the_next_primary_is_asked_and_believed_where_it_had_seen_it) {
    commits(s);
    s.around().cluster_becomes([](cluster::snapshot& next) {
        next.nodes[primary_node.value].up = false;
        next.nodes[primary_node.value].known = at_lsn(0x5000);  // as it was last seen
        next.nodes[replica_1.value].is = cluster::role::primary;
        next.nodes[replica_1.value].known = {7, 2, lsn{0x6000}};
        next.primary = replica_1;
        next.history = std::make_shared<const cluster::timeline_history>(
            cluster::timeline_history{2, {{1, lsn{0x5800}}}});
    });
    s.shell().tell_and_read(cluster_changed{});
    s.released_closed().client_got_nothing().expects_lease(replica_1).grant().backend_got(ask::query(settle));
    s.backend(answer({"committed", std::nullopt, "000000020000000000000001"}, 'I')).client_got(committed());
}

SCRIPT(commit_outcome, what_is_not_proved_is_unknown) {
    commits(s).backend_closes();
    s.expects_lease(primary_node).grant().backend_got(ask::query(settle));
    s.backend(answer({"committed", std::nullopt, "000000020000000000000001"}, 'I'));
    s.client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(commit_outcome, the_connection_that_was_asked_is_lost_too) {
    commits(s).backend_closes().expects_lease(primary_node).grant().backend_got(ask::query(settle));
    s.backend_closes().released_closed();
    is_settled(s, "committed").client_got(committed());
}

SCRIPT(commit_outcome, a_transaction_without_an_id_is_of_unknown_outcome) {
    s.rules().routing.commit_outcome = true;
    begins_and_writes(s).client(ask::query("commit"));
    is_marked(s, std::nullopt).backend_got(ask::query("commit")).backend_closes();
    s.released_closed().client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(commit_outcome, a_connection_lost_ahead_of_the_commit_has_committed_nothing) {
    s.rules().routing.commit_outcome = true;
    begins_and_writes(s).client(ask::query("commit")).backend_got(ask::query(commit_mark::question()));
    s.backend_closes().released_closed().client_got(reply().error("08006", lost, "FATAL")).closed_client();
}

SCRIPT(commit_outcome, a_question_that_fails_fails_the_commit) {
    s.rules().routing.commit_outcome = true;
    begins_and_writes(s).client(ask::query("commit")).backend_got(ask::query(commit_mark::question()));
    s.backend(reply().error("57014", "canceling statement due to statement timeout").ready('E'));
    s.client_got(reply().error("57014", "canceling statement due to statement timeout").ready('E')).keeps_lease();
    s.client(ask::query("rollback")).backend_got(ask::query("rollback"));
    s.backend(reply().command_complete("ROLLBACK").ready('I')).client_got(reply().command_complete("ROLLBACK").ready('I'));
}

SCRIPT(commit_outcome, by_the_extended_protocol) {
    s.rules().routing.commit_outcome = true;
    begins_and_writes(s).client(ask::extended("commit") + ask::sync());
    is_marked(s).backend_got(ask::extended("commit") + ask::sync()).backend_closes();
    is_settled(s, "committed").client_got(reply().done("COMMIT").ready('I')).released_clean();
}

SCRIPT(commit_outcome, an_answer_of_which_a_part_was_told_is_not_told_again) {
    s.rules().routing.commit_outcome = true;
    begins_and_writes(s).client(ask::extended("commit") + ask::sync());
    is_marked(s).backend_got(ask::extended("commit") + ask::sync()).backend(reply().parse_complete());
    s.client_got(reply().parse_complete()).backend_closes().released_closed();
    s.client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(commit_outcome, what_the_session_had_left_there_is_told_to_be_lost) {
    s.rules().routing.commit_outcome = true;
    begins_and_writes(s, "create temp table u (a int)").client(ask::query("commit"));
    is_marked(s).backend_got(ask::query("commit")).backend_closes();
    is_settled(s, "committed");
    s.client_got(reply().then(committed()).error("08006", lost, "FATAL")).closed_client();
}

SCRIPT(commit_outcome, a_client_that_cancels_gets_its_answer) {
    commits(s).backend_closes().expects_lease(primary_node).grant().backend_got(ask::query(settle)).cancel();
    s.released_closed().client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(commit_outcome, a_client_that_leaves_asks_nothing_any_more) {
    commits(s).backend_closes().expects_lease(primary_node).grant().backend_got(ask::query(settle));
    s.client_leaves().released_closed();
}

SCRIPT(commit_outcome, what_came_behind_the_commit_goes_on) {
    commits(s).client(ask::query("begin")).backend_closes();
    is_settled(s, "committed").client_got(reply().then(committed()).command_complete("BEGIN").ready('T'));
}

SCRIPT(commit_outcome, nothing_is_asked_where_nothing_was_written) {
    s.rules().routing.commit_outcome = true;
    s.client(ask::query("begin")).client_got(reply().command_complete("BEGIN").ready('T'));
    s.client(ask::query("select 1")).expects_lease(primary_node).grant();
    s.backend_got(ask::begin_as("$1", "begin") + ask::query("select 1")).backend(reply().done("BEGIN").one_row('T'));
    s.client_got(reply().one_row('T')).client(ask::query("commit")).backend_got(ask::query("commit"));
    s.backend(committed()).client_got(committed());
}

SCRIPT(commit_outcome, nor_by_default) {
    begins_and_writes(s).client(ask::query("commit")).backend_got(ask::query("commit"));
    s.backend(committed()).client_got(committed());
}

SCRIPT(commit_outcome, nor_of_a_transaction_that_has_failed) {
    s.rules().routing.commit_outcome = true;
    begins_and_writes(s).client(ask::query(write)).backend_got(ask::query(write));
    s.backend(reply().error("23505", "duplicate").ready('E')).client_got(reply().error("23505", "duplicate").ready('E'));
    s.client(ask::query("commit")).backend_got(ask::query("commit"));
    s.backend(reply().command_complete("ROLLBACK").ready('I')).client_got(reply().command_complete("ROLLBACK").ready('I'));
}

SCRIPT(commit_outcome, a_session_says_so_for_itself) {
    s.client(ask::query("set weir.commit_outcome = on")).client_got(reply().command_complete("SET").ready('I'));
    begins_and_writes(s).client(ask::query("commit"));
    is_marked(s).backend_got(ask::query("commit")).backend(committed()).client_got(committed());
    s.client(ask::query("show weir.commit_outcome"));
    s.client_got(reply().row_description({"weir.commit_outcome"}).data_row("on").command_complete("SHOW").ready('I'));
    s.client(ask::query("reset weir.commit_outcome")).client_got(reply().command_complete("RESET").ready('I'));
    commits_unmarked(s);
}

SCRIPT(commit_outcome, or_for_one_transaction) {
    const auto said = reply().command_complete("SET").ready('T');
    begins_and_writes(s).client(ask::query("set local weir.commit_outcome = on")).client_got(said);
    s.client(ask::query("commit"));
    is_marked(s).backend_got(ask::query("commit")).backend(committed()).client_got(committed());
    commits_unmarked(s);
}

SCRIPT(commit_outcome, or_a_rule_for_its_statements) {
    routing::rule orders;
    orders.name = "orders";
    orders.table = "t";
    orders.commit_outcome = true;
    s.rules().rules = routing::rule_set({orders});
    begins_and_writes(s).client(ask::query("commit"));
    is_marked(s).backend_got(ask::query("commit")).backend(committed()).client_got(committed());
    commits_unmarked(s, "update u set a = 1");
}

}  // namespace
}  // namespace weir::session

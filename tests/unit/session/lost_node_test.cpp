// A node that stands still or has a successor: its connections tell nothing, and the session leaves them.
#include <gmock/gmock.h>

#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

constexpr auto write = "insert into t values (1)";
constexpr auto read = "select a from t";
constexpr auto lost = "the connection to the server was lost";
constexpr auto unknown = "the connection to the server was lost, and the outcome is not known";

script& goes_down(script& s, node_id which) {
    s.around().cluster_becomes([&](cluster::snapshot& next) {
        next.nodes[which.value].up = false;
        if (next.primary == which) next.primary.reset();
    });
    s.shell().tell_and_read(cluster_changed{});
    return s;
}

script& leads(script& s, node_id which) {
    s.around().cluster_becomes([&](cluster::snapshot& next) {
        next.nodes[which.value].is = cluster::role::primary;
        next.primary = which;
    });
    s.shell().tell_and_read(cluster_changed{});
    return s;
}

script& is_answered(script& s, bytes_view text = read) {
    return s.grant().backend_got(ask::query(text)).backend(reply().one_row()).client_got(reply().one_row()).released_clean();
}

SCRIPT(lost_node, a_read_on_a_replica_that_stands_still_is_asked_of_the_primary) {
    s.client(ask::query(read)).expects_replica();
    const auto where = *s.shell().asked;
    s.grant().backend_got(ask::query(read)).backend(reply().row_description());
    goes_down(s, where).released_closed().client_got_nothing().expects_lease(primary_node);
    is_answered(s).because(reason::replica_lost);
}

SCRIPT(lost_node, a_read_that_has_begun_to_be_answered_stays) {
    s.client(ask::query(read)).expects_replica();
    const auto where = *s.shell().asked;
    s.grant().backend_got(ask::query(read)).backend(reply().row_description().data_row());
    goes_down(s, where)
        .client_got(reply().row_description().data_row())
        .backend(reply().command_complete("SELECT 1").ready('I'))
        .client_got(reply().command_complete("SELECT 1").ready('I'))
        .released_clean();
}

SCRIPT(lost_node, a_read_that_waits_for_a_connection_looks_for_another_replica) {
    s.client(ask::query(read)).expects_replica();
    const auto where = *s.shell().asked;
    s.delayed();
    goes_down(s, where).expects_replica();
    EXPECT_NE(*s.shell().asked, where);
    is_answered(s);
}

SCRIPT(lost_node, a_write_that_waits_for_a_connection_waits_for_a_primary) {
    s.client(ask::query(write)).expects_lease(primary_node).delayed();
    goes_down(s, primary_node).expects_no_lease().is_in(phase::holding);
    leads(s, replica_1).expects_lease(replica_1).client_leaves();
}

SCRIPT(lost_node, a_read_on_the_primary_goes_on_at_the_next_one) {
    s.client(ask::query("select a from t /* weir: primary */")).expects_lease(primary_node).grant();
    s.backend_got(ask::query("select a from t /* weir: primary */")).backend_closes();
    s.client_got_nothing().expects_lease(primary_node).refuse({"08006", "refused"}, true).is_in(phase::holding);
    goes_down(s, primary_node).client_got_nothing();
    leads(s, replica_1).expects_lease(replica_1);
    is_answered(s, "select a from t /* weir: primary */");
}

SCRIPT(lost_node, a_read_whose_server_says_that_it_goes_down) {
    s.client(ask::query("select a from t /* weir: primary */")).expects_lease(primary_node).grant();
    s.backend_got(ask::query("select a from t /* weir: primary */"));
    s.backend(reply().error("57P01", "terminating", "FATAL")).client_got_nothing().expects_lease(primary_node);
    is_answered(s, "select a from t /* weir: primary */");
}

SCRIPT(lost_node, what_may_have_written_is_not_repeated) {
    s.client(ask::query(write)).expects_lease(primary_node).grant().backend_got(ask::query(write));
    s.backend_closes().released_closed().client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

script& begins_and_writes(script& s) {
    s.client(ask::query("begin")).client_got(reply().command_complete("BEGIN").ready('T'));
    s.client(ask::query(write)).expects_lease(primary_node).grant();
    s.backend_got(ask::begin_as("$1", "begin") + ask::query(write));
    s.backend(reply().done("BEGIN").command_complete("INSERT 0 1").ready('T'));
    return s.client_got(reply().command_complete("INSERT 0 1").ready('T'));
}

SCRIPT(lost_node, a_statement_in_a_transaction_is_not_done) {
    begins_and_writes(s).client(ask::query(write)).backend_got(ask::query(write));
    s.backend_closes().released_closed().client_got(reply().error("08006", lost, "FATAL")).closed_client();
}

SCRIPT(lost_node, a_commit_may_be_done) {
    begins_and_writes(s).client(ask::query("commit")).backend_got(ask::query("commit"));
    s.backend_closes().released_closed().client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(lost_node, so_may_a_commit_among_others) {
    begins_and_writes(s).client(ask::query("select 1; commit; select 2")).backend_got(ask::query("select 1; commit; select 2"));
    s.backend_closes().released_closed().client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(lost_node, and_what_nobody_understands) {
    begins_and_writes(s).client(ask::query("commit prepraed")).backend_got(ask::query("commit prepraed"));
    s.backend_closes().released_closed().client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(lost_node, a_write_for_which_a_connection_comes_when_its_node_follows_another) {
    s.client(ask::query(write)).expects_lease(primary_node).delayed();
    s.around().cluster_becomes([](cluster::snapshot& next) {
        next.nodes[primary_node.value].is = cluster::role::replica;
        next.primary.reset();
    });
    s.grant().released_clean().is_in(phase::holding);
    leads(s, replica_1).expects_lease(replica_1);
    is_answered(s, write);
}

SCRIPT(lost_node, a_write_at_a_primary_that_is_not_heard_of_may_yet_be_answered) {
    s.client(ask::query(write)).expects_lease(primary_node).grant().backend_got(ask::query(write));
    goes_down(s, primary_node)
        .client_got_nothing()
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(lost_node, a_write_at_a_primary_that_has_a_successor_is_of_unknown_outcome) {
    s.client(ask::query(write)).expects_lease(primary_node).grant().backend_got(ask::query(write));
    goes_down(s, primary_node);
    leads(s, replica_1).released_closed().client_got(reply().error("08007", unknown, "FATAL")).closed_client();
}

SCRIPT(lost_node, a_transaction_does_not_go_on_at_a_primary_that_has_a_successor) {
    leads(begins_and_writes(s), replica_1).released_closed().client_got(reply().error("08006", lost, "FATAL")).closed_client();
}

SCRIPT(lost_node, in_session_mode_an_idle_client_stays) {
    s.rules().mode = routing::pool_mode::session;
    s.client(ask::query(write)).expects_lease(primary_node).grant().backend_got(ask::query(write));
    s.backend(reply().command_complete("INSERT 0 1").ready('I'));
    s.client_got(reply().command_complete("INSERT 0 1").ready('I')).keeps_lease().position(0x100);
    leads(s, replica_1).released_closed().client_got_nothing();
    s.client(ask::query(write)).expects_lease(replica_1).client_leaves();
}

SCRIPT(lost_node, a_primary_that_has_started_anew_is_asked_what_it_is_first) {
    const auto starts = [&](std::int64_t at) {
        s.around().cluster_becomes([&](cluster::snapshot& next) { next.nodes[primary_node.value].started_at_us = at; });
    };
    starts(2);
    s.client(ask::query(write)).expects_lease(primary_node).grant().released_closed().is_in(phase::holding);
    EXPECT_THAT(s.shell().probed, ::testing::Contains(primary_node));
    s.shell().connections_start.started_at_us = 2;
    s.shell().tell_and_read(cluster_changed{});
    s.expects_lease(primary_node);
    is_answered(s, write);
}

SCRIPT(lost_node, who_is_idle_hears_nothing) {
    goes_down(s, primary_node);
    leads(s, replica_1).client_got_nothing().is_in(phase::ready);
}

}  // namespace
}  // namespace weir::session

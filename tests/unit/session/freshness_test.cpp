// Read your own writes, and never an older state after a newer one.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

SCRIPT(freshness, a_read_after_a_write_goes_to_the_primary_until_its_position_is_known) {
    s.writes(0).reads_on(primary_node).because(reason::position_unknown);
    // The question is under way: none is asked again.
    s.position(0x100).reads_on_a_replica().because(reason::read);
}

SCRIPT(freshness, then_to_a_replica_that_has_reached_it_and_to_no_other) {
    s.writes(0x200).reads_on(primary_node).because(reason::behind_floor).position(0x200);
    s.replica_reaches(replica_2, 0x1ff).reads_on(primary_node).because(reason::behind_floor).position(0x200);
    s.replica_reaches(replica_2, 0x200);
    for (int i = 0; i < 5; ++i) {
        s.reads_on(replica_2);
        s.replica_reaches(replica_2, 0x200);
    }
}

SCRIPT(freshness, a_position_of_another_history_proves_nothing) {
    s.around().cluster_becomes([](cluster::snapshot& next) {
        for (auto& node : next.nodes) node.known = {7, 2, lsn{0x900}};
    });
    // The new history's primary is asked what a replica there must have reached.
    s.writes(0x200).reads_on(primary_node).because(reason::position_unknown);
}

SCRIPT(freshness, a_question_that_failed_is_asked_again_by_the_next_read) {
    s.writes(0).position_fails();
    s.shell().asked_position.reset();
    s.reads_on(primary_node).asked_position().position(0x100).reads_on_a_replica();
}

SCRIPT(freshness, an_answer_to_an_older_question_does_not_cover_a_later_write) {
    s.writes(0);
    const auto first = *s.shell().asked_position;
    s.writes(0);
    s.shell().tell_and_read(position_known{first, at_lsn(0x100)});
    s.reads_on(primary_node).because(reason::position_unknown);
}

SCRIPT(freshness, a_session_stays_with_its_replica_until_another_has_caught_up) {
    s.reads_on(replica_1);
    // Which one comes first is not asked: what replica_1 has shown may be ahead of replica_2.
    for (int i = 0; i < 3; ++i) s.reads_on(replica_1);
    s.replica_reaches(replica_1, 0x300);
    for (int i = 0; i < 3; ++i) s.reads_on(replica_1);
}

SCRIPT(freshness, its_replica_gone_the_primary_reads) {
    s.reads_on(replica_1);
    s.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[1].up = false; });
    s.reads_on(primary_node).because(reason::position_unknown).asked_position();
}

SCRIPT(freshness, eventual_asks_for_nothing) {
    s.rules().routing.level = routing::consistency::eventual;
    s.writes(0).reads_on_a_replica();
}

SCRIPT(freshness, a_user_and_a_database_have_levels_of_their_own) {
    s.rules().overrides.say_for_database("shop", {{}, routing::consistency::eventual, {}});
    ++s.rules().generation;
    s.writes(0).reads_on_a_replica();
    s.rules().overrides.say_for_user("ann", {{}, routing::consistency::session, {}});
    ++s.rules().generation;
    s.writes(0).reads_on(primary_node).because(reason::position_unknown);
}

SCRIPT(freshness, strong_that_may_not_wait_reads_on_the_primary) {
    s.rules().routing.level = routing::consistency::strong;
    s.reads_on(primary_node).because(reason::position_unknown).asked_position();
}

SCRIPT(freshness, a_replica_that_lags_too_far_is_not_read_from) {
    s.around().cluster_becomes([](cluster::snapshot& next) {
        next.nodes[1].lag_ms = next.nodes[2].lag_ms = 10001;
    });
    s.reads_on(primary_node).because(reason::too_far_behind);
}

void has_rule(script& s, routing::rule_route route, const std::string& message) {
    routing::rule rule;
    rule.name = "r";
    rule.user = "ann";
    rule.route = route;
    rule.message = message;
    s.rules().rules = routing::rule_set({rule});
    ++s.rules().generation;
}

SCRIPT(freshness, a_hint_and_a_rule_send_to_the_primary) {
    s.client(ask::query("/* weir: primary */ select 1"))
        .expects_lease(primary_node)
        .grant()
        .because(reason::hint_primary)
        .backend_got(ask::query("/* weir: primary */ select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
    has_rule(s, routing::rule_route::primary, "");
    s.reads_on(primary_node).because(reason::rule_primary);
}

SCRIPT(freshness, a_rule_rejects_with_its_message) {
    has_rule(s, routing::rule_route::reject, "not today");
    s.client(ask::query("select 1"))
        .expects_no_lease()
        .client_got(reply().error("42501", "not today").ready('I'))
        .client(ask::extended("select 1") + ask::sync())
        .client_got(reply().error("42501", "not today").ready('I'));
}

SCRIPT(freshness, no_replica_the_primary_reads) {
    s.around().cluster_becomes([](cluster::snapshot& next) {
        next.nodes[1].up = next.nodes[2].up = false;
    });
    s.reads_on(primary_node).because(reason::no_replica);
}

SCRIPT(freshness, the_primarys_position_is_not_asked_for_where_no_replica_could_serve) {
    s.around().cluster_becomes([](cluster::snapshot& next) {
        for (auto& node : next.nodes)
            if (node.is == cluster::role::replica) node.up = false;
    });
    s.shell().asked_position.reset();
    s.writes_unasked().reads_on(primary_node).because(reason::no_replica).reads_on(primary_node);
    EXPECT_FALSE(s.shell().asked_position);
    // One is back: what was written meanwhile must be there first.
    s.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[1].up = true; });
    s.reads_on(primary_node).asked_position().position(0x100).reads_on(replica_1);
}

}  // namespace
}  // namespace weir::session

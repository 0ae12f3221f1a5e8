// A read waits, for a while, for the primary's position and for a replica to reach it.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

constexpr auto patience = milliseconds(5);

script& may_wait(script& s) {
    s.rules().routing.causal_wait = patience;
    return s;
}

/// A read that has been asked for and is not on its way yet.
script& waits(script& s) {
    return s.client(ask::query("select a from t")).expects_no_lease().is_in(phase::waiting);
}

script& is_answered_by_a_replica(script& s) {
    return s.expects_replica()
        .grant()
        .because(reason::read)
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

script& is_answered_by_the_primary(script& s, reason why) {
    return s.expects_lease(primary_node)
        .grant()
        .because(why)
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

/// A read that the primary has answered: what it has shown is not covered by any position yet.
script& has_read_on_the_primary(script& s) {
    return s.client(ask::query("/* weir: primary */ select 1"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("/* weir: primary */ select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(waiting, for_the_position_of_its_own_write_the_first_read_does_not) {
    may_wait(s).writes(0);
    s.client(ask::query("select a from t"));
    is_answered_by_the_primary(s, reason::position_unknown);
    waits(s).position(0x100);
    is_answered_by_a_replica(s);
}

SCRIPT(waiting, for_a_replica_to_reach_its_own_write) {
    may_wait(s).writes(0x200);
    waits(s);
    EXPECT_FALSE(s.shell().probed.empty());
    s.replica_reaches(replica_2, 0x1ff).expects_no_lease();
    s.replica_reaches(replica_2, 0x200);
    is_answered_by_a_replica(s);
}

SCRIPT(waiting, no_longer_than_it_may) {
    may_wait(s).writes(0x200);
    waits(s).after(milliseconds(4)).expects_no_lease().after(milliseconds(1));
    is_answered_by_the_primary(s, reason::behind_floor).asked_position();
}

SCRIPT(waiting, for_no_replica_that_is_far_behind) {
    may_wait(s).writes(0x200);
    s.around().cluster_becomes([](cluster::snapshot& next) {
        next.nodes[1].lag_ms = next.nodes[2].lag_ms = 200;
    });
    s.client(ask::query("select a from t"));
    is_answered_by_the_primary(s, reason::behind_floor);
}

SCRIPT(waiting, for_no_answer_that_nobody_gives) {
    may_wait(s).writes(0).position_fails();
    s.shell().asked_position.reset();
    // It is asked once more, and not for ever.
    waits(s).asked_position().position_fails().is_in(phase::waiting).after(patience);
    is_answered_by_the_primary(s, reason::position_unknown);
}

SCRIPT(waiting, after_a_read_on_the_primary_what_that_has_shown_is_asked_for) {
    has_read_on_the_primary(may_wait(s))
        // Only once a replica is wanted.
        .asked_no_position();
    waits(s).asked_position().position(0x180);
    s.replica_reaches(replica_1, 0x180);
    is_answered_by_a_replica(s);
    // It is known from then on.
    s.shell().asked_position.reset();
    s.client(ask::query("select a from t"));
    is_answered_by_a_replica(s).asked_no_position();
}

SCRIPT(waiting, without_patience_it_is_asked_when_a_read_on_the_primary_ends) {
    s.writes(0).position(0x100);
    s.shell().asked_position.reset();
    s.client(ask::query("/* weir: primary */ select 1"))
        .grant()
        .backend_got(ask::query("/* weir: primary */ select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean()
        .asked_no_position();
    s.reads_on(primary_node).because(reason::position_unknown).asked_position().position(0x100);
    s.reads_on_a_replica();
}

SCRIPT(waiting, strong_asks_at_each_read) {
    may_wait(s).rules().routing.level = routing::consistency::strong;
    for (int i = 0; i < 3; ++i) {
        waits(s).asked_position().position(0x100);
        is_answered_by_a_replica(s);
        s.shell().asked_position.reset();
    }
    waits(s).asked_position().position(0x101).after(patience);
    is_answered_by_the_primary(s, reason::behind_floor);
}

SCRIPT(waiting, a_cancel_ends_it) {
    has_read_on_the_primary(may_wait(s));
    waits(s).cancel().client_got(
        reply().error("57014", "canceling statement due to user request").ready('I'));
}

SCRIPT(waiting, its_time_counts_for_the_statements_limit) {
    may_wait(s).rules().routing.causal_wait = milliseconds(500);
    s.runs("set statement_timeout = 100", "SET")
        .inspected(query::pin_cause::settings, {setting_row("statement_timeout", "100")})
        .released_clean();
    s.runs("/* weir: primary */ select 1", "SELECT 0").released_clean();
    waits(s).after(milliseconds(100)).client_got(
        reply().error("57014", "canceling statement due to statement timeout").ready('I'));
}

SCRIPT(waiting, a_client_that_leaves_is_waited_for_no_longer) {
    has_read_on_the_primary(may_wait(s));
    waits(s).client_leaves().closed_client();
}

SCRIPT(waiting, a_replica_that_began_anew_is_not_what_was_probed) {
    s.shell().connections_start.started_at_us = 2;
    s.client(ask::query("select a from t")).expects_replica().grant();
    s.shell().connections_start.started_at_us = 1;
    is_answered_by_the_primary(s, reason::behind_floor);
    EXPECT_FALSE(s.shell().probed.empty());
}

SCRIPT(waiting, eventual_takes_a_replica_as_it_is) {
    s.shell().connections_start.started_at_us = 2;
    s.rules().routing.level = routing::consistency::eventual;
    s.client(ask::query("select a from t"));
    is_answered_by_a_replica(s);
}

SCRIPT(waiting, is_counted) {
    has_read_on_the_primary(may_wait(s));
    waits(s).after(milliseconds(2)).position(0x100);
    is_answered_by_a_replica(s);
    EXPECT_EQ(s.around().counters.causal_waits().total(), 1u);
}

/// A read ahead of which the replica says where it is.
script& is_audited(script& s, const char* position) {
    constexpr auto question = "SELECT pg_catalog.pg_last_wal_replay_lsn()";
    return s.client(ask::query("select a from t"))
        .expects_replica()
        .grant()
        .backend_got(ask::query(question))
        .backend(reply().row_description().data_row(position).command_complete("SELECT 1").ready('I'))
        .client_got_nothing()
        .backend_got(ask::query("select a from t"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(audit, a_replica_that_is_where_it_was_known_to_be_is_no_finding) {
    s.rules().routing.audit_every = 1;
    s.writes(0x100);
    is_audited(s, "0/100");
    is_audited(s, "0/101");
    EXPECT_EQ(s.around().counters.audited(), 2u);
    EXPECT_EQ(s.around().counters.stale(), 0u);
}

SCRIPT(audit, a_replica_that_is_behind_is_counted) {
    s.rules().routing.audit_every = 1;
    s.writes(0x100);
    is_audited(s, "0/FF");
    EXPECT_EQ(s.around().counters.stale(), 1u);
}

SCRIPT(audit, one_of_so_many_is_asked) {
    s.rules().routing.audit_every = 3;
    s.writes(0x100);
    is_audited(s, "0/100");
    s.reads_on_a_replica().reads_on_a_replica();
    is_audited(s, "0/100");
    EXPECT_EQ(s.around().counters.audited(), 2u);
}

}  // namespace
}  // namespace weir::session

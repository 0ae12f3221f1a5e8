// The decision table, row by row in its order.
#include "routing/decide.hpp"

#include <gtest/gtest.h>

namespace weir::routing {

// For messages of failed expectations.
static void PrintTo(reason why, std::ostream* out) { *out << to_string(why); }

namespace {

query::facts a_read() {
    query::facts f;
    f.kind = query::statement_kind::read;
    f.read_only = true;
    f.why_not = query::obstacle::none;
    return f;
}

query::facts of_kind(query::statement_kind kind) {
    query::facts f;
    f.kind = kind;
    f.why_not = query::obstacle::not_a_read;
    return f;
}

rule with_route(rule_route route) {
    rule r;
    r.name = "r";
    r.route = route;
    return r;
}

/// A read outside of a transaction, without a lease: the last row, from which each test departs.
struct judge_case : ::testing::Test {
    judge_case() { q.what = &read; }
    void expect(verdict is, reason why) const {
        const auto judged = judge(q);
        EXPECT_EQ(judged.is, is);
        EXPECT_EQ(judged.why, why);
    }

    const query::facts read = a_read();
    const query::facts write = of_kind(query::statement_kind::write);
    const query::facts commit = of_kind(query::statement_kind::commit);
    const query::facts rollback = of_kind(query::statement_kind::rollback);
    question q;
};

TEST_F(judge_case, read_goes_to_a_replica) { expect(verdict::replica, reason::read); }

TEST_F(judge_case, a_lease_on_the_primary_is_kept_whatever_comes) {
    const auto primary = with_route(rule_route::primary);
    q.held = held_lease::primary;
    expect(verdict::keep, reason::held_primary);
    q.what = &write;
    q.too_large = true;
    q.by = &primary;
    q.wish = query::hint::primary;
    expect(verdict::keep, reason::held_primary);
}

TEST_F(judge_case, a_rule_rejects_in_a_transaction_all_but_its_end) {
    const auto no = with_route(rule_route::reject);
    q.by = &no;
    for (const auto held : {held_lease::primary, held_lease::replica}) {
        q.held = held;
        q.what = &read;
        expect(verdict::reject, reason::rule_reject);
        q.what = &write;
        expect(verdict::reject, reason::rule_reject);
        q.what = &rollback;
        expect(verdict::keep,
               held == held_lease::primary ? reason::held_primary : reason::held_replica);
    }
}

TEST_F(judge_case, a_lease_on_a_replica_is_kept_for_proved_reads) {
    q.held = held_lease::replica;
    q.transaction = transaction_kind::read_only;
    expect(verdict::keep, reason::held_replica);
}

TEST_F(judge_case, a_lease_on_a_replica_is_kept_for_the_end_of_its_transaction) {
    q.held = held_lease::replica;
    q.what = &commit;
    expect(verdict::keep, reason::held_replica);
    q.what = &rollback;
    expect(verdict::keep, reason::held_replica);
}

TEST_F(judge_case, a_lease_on_a_replica_does_not_chain_into_a_transaction_not_judged_yet) {
    auto chained = commit;
    chained.chain = true;
    q.held = held_lease::replica;
    q.what = &chained;
    expect(verdict::move, reason::not_read_only);
}

TEST_F(judge_case, a_lease_on_a_replica_is_left_for_anything_else) {
    using kind = query::statement_kind;
    q.held = held_lease::replica;
    q.transaction = transaction_kind::read_only;
    for (const auto is : {kind::write, kind::begin, kind::savepoint, kind::set, kind::set_local,
                          kind::show, kind::prepare, kind::execute, kind::deallocate,
                          kind::discard_all, kind::copy_from_stdin, kind::several, kind::empty}) {
        const auto facts = of_kind(is);
        q.what = &facts;
        expect(verdict::move, reason::not_read_only);
    }
}

TEST_F(judge_case, a_lease_on_a_replica_is_left_for_what_is_not_understood) {
    const query::facts nothing_known;
    q.held = held_lease::replica;
    q.what = &nothing_known;
    expect(verdict::move, reason::unparsed);
}

TEST_F(judge_case, a_lease_on_a_replica_is_left_for_what_is_too_large_to_be_judged) {
    q.held = held_lease::replica;
    q.too_large = true;
    expect(verdict::move, reason::cycle_too_large);
}

TEST_F(judge_case, a_rule_that_rejects_comes_before_all) {
    const auto no = with_route(rule_route::reject);
    q.by = &no;
    q.wish = query::hint::primary;
    q.too_large = true;
    q.what = &write;
    expect(verdict::reject, reason::rule_reject);
}

TEST_F(judge_case, a_rule_sends_reads_to_the_primary) {
    const auto primary = with_route(rule_route::primary);
    q.by = &primary;
    expect(verdict::primary, reason::rule_primary);
}

TEST_F(judge_case, no_rule_sends_a_write_to_a_replica) {
    const auto replicas = with_route(rule_route::replicas);
    q.by = &replicas;
    expect(verdict::replica, reason::read);
    q.what = &write;
    expect(verdict::primary, reason::not_read_only);
}

TEST_F(judge_case, a_rule_that_says_no_route_changes_none) {
    const auto unsaid = with_route(rule_route::unsaid);
    q.by = &unsaid;
    expect(verdict::replica, reason::read);
}

TEST_F(judge_case, too_large_to_be_judged_goes_to_the_primary) {
    q.too_large = true;
    expect(verdict::primary, reason::cycle_too_large);
}

TEST_F(judge_case, a_hint_sends_a_read_to_the_primary) {
    q.wish = query::hint::primary;
    expect(verdict::primary, reason::hint_primary);
}

TEST_F(judge_case, a_hint_sends_no_write_to_a_replica) {
    q.wish = query::hint::replica;
    expect(verdict::replica, reason::read);
    q.what = &write;
    expect(verdict::primary, reason::not_read_only);
}

TEST_F(judge_case, what_is_not_proved_read_only_goes_to_the_primary) {
    q.what = &write;
    expect(verdict::primary, reason::not_read_only);
    q.transaction = transaction_kind::read_only;
    expect(verdict::primary, reason::not_read_only);
}

TEST_F(judge_case, what_is_not_understood_goes_to_the_primary) {
    const query::facts nothing_known;
    q.what = &nothing_known;
    expect(verdict::primary, reason::unparsed);
}

TEST_F(judge_case, a_transaction_not_declared_read_only_is_on_the_primary) {
    q.transaction = transaction_kind::read_write;
    expect(verdict::primary, reason::transaction);
}

TEST_F(judge_case, a_read_only_transaction_runs_on_a_replica) {
    q.transaction = transaction_kind::read_only;
    expect(verdict::replica, reason::read);
}

TEST_F(judge_case, a_read_only_transaction_with_a_snapshot_starts_on_the_primary) {
    q.transaction = transaction_kind::read_only_snapshot;
    expect(verdict::primary, reason::isolation);
}

TEST_F(judge_case, a_transaction_that_can_be_split_reads_on_a_replica) {
    q.transaction = transaction_kind::splittable;
    expect(verdict::replica, reason::read);
    q.what = &write;
    expect(verdict::primary, reason::not_read_only);
}

TEST_F(judge_case, what_ties_a_transaction_to_its_node_keeps_it_on_the_primary) {
    auto telling = *q.what;
    telling.tells_time = true;
    for (const auto held : {held_lease::none, held_lease::replica}) {
        const auto is = held == held_lease::none ? verdict::primary : verdict::move;
        q.held = held;
        q.what = &telling;
        q.transaction = transaction_kind::splittable;
        expect(is, reason::transaction);
        q.what = &read;
        q.keeps_portal = true;
        expect(is, reason::transaction);
        q.keeps_portal = false;
    }
    // READ ONLY, it begins anew only where something fails.
    q.held = held_lease::none;
    q.transaction = transaction_kind::read_only;
    q.what = &telling;
    expect(verdict::replica, reason::read);
}

}  // namespace
}  // namespace weir::routing

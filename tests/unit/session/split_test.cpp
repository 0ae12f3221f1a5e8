// transactions = "split": reads ahead of the first write on a replica, all from there on at the primary.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

constexpr auto begin_text = "begin";

bytes begun() { return reply().command_complete("BEGIN").ready('T').str(); }
bytes committed() { return reply().command_complete("COMMIT").ready('I').str(); }

void split(script& s) {
    s.rules().routing.transactions = routing::transaction_policy::split;
    s.rules().routing.level_in_split = routing::consistency::session;
}

script& reads_on_a_replica_in_it(script& s) {
    return s.client(ask::query(begin_text))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .because(reason::read)
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 1"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'))
        .keeps_lease();
}

script& reads_in_transaction(script& s) {
    split(s);
    return reads_on_a_replica_in_it(s);
}

/// The transaction that has read goes on at the primary with this.
script& moves_for(script& s, const char* text, reason why) {
    return reads_in_transaction(s)
        .client(ask::query(text))
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::query("ROLLBACK"))
        .expects_lease(primary_node)
        .grant()
        .because(why)
        .backend_got(ask::begin_as("$1", begin_text) + ask::query(text));
}

/// It begins at the primary.
script& stays(script& s, const char* begin, const char* text, reason why) {
    split(s);
    return s.client(ask::query(begin))
        .client_got(begun())
        .client(ask::query(text))
        .expects_lease(primary_node)
        .grant()
        .because(why)
        .backend_got(ask::begin_as("$1", begin) + ask::query(text));
}

void has_for_ann(script& s, routing::transaction_policy said) {
    s.rules().overrides.say_for_user("ann", {{}, {}, said});
    ++s.rules().generation;
}

SCRIPT(split, not_for_one_user) {
    has_for_ann(s, routing::transaction_policy::safe);
    stays(s, begin_text, "select 1", reason::transaction)
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
}

SCRIPT(split, for_one_user_only) {
    s.rules().routing.level_in_split = routing::consistency::session;
    has_for_ann(s, routing::transaction_policy::split);
    reads_on_a_replica_in_it(s);
}

SCRIPT(split, reads_alone_never_see_the_primary) {
    reads_in_transaction(s)
        .client(ask::query("select 2"))
        .because(reason::held_replica)
        .backend_got(ask::query("select 2"))
        .backend(reply().one_row('T'))
        .client_got(reply().one_row('T'))
        .client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(committed())
        .client_got(committed())
        .released_clean()
        .asked_no_position();
}

SCRIPT(split, the_first_write_moves_it_and_there_it_stays) {
    moves_for(s, "insert into t values (1)", reason::not_read_only)
        .backend(reply().done("BEGIN").command_complete("INSERT 0 1").ready('T'))
        .client_got(reply().command_complete("INSERT 0 1").ready('T'))
        .client(ask::query("select 2"))
        .because(reason::held_primary)
        .backend_got(ask::query("select 2"))
        .backend(reply().one_row('T'))
        .client_got(reply().one_row('T'))
        .client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(committed())
        .client_got(committed())
        .released_clean()
        .asked_position();
}

SCRIPT(split, a_savepoint_moves_it) { moves_for(s, "savepoint one", reason::not_read_only); }
SCRIPT(split, a_cursor_moves_it) { moves_for(s, "declare c cursor for select 1", reason::not_read_only); }
SCRIPT(split, set_local_moves_it) { moves_for(s, "set local work_mem = '1MB'", reason::not_read_only); }
SCRIPT(split, a_lock_moves_it) { moves_for(s, "lock table t in access share mode", reason::not_read_only); }
SCRIPT(split, locked_rows_move_it) { moves_for(s, "select 1 from t for share", reason::not_read_only); }

SCRIPT(split, a_write_first_begins_at_the_primary) {
    stays(s, "begin", "update t set a = 1", reason::not_read_only);
}
SCRIPT(split, repeatable_read_never_moves) {
    stays(s, "begin isolation level repeatable read", "select 1", reason::transaction);
}
SCRIPT(split, serializable_never_moves) {
    stays(s, "begin isolation level serializable", "select 1", reason::transaction);
}

SCRIPT(split, a_default_of_repeatable_read_is_found_on_the_connection) {
    split(s);
    s.shell().connections_start.isolation = "repeatable read";
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .expects_lease(primary_node)
        .grant()
        .because(reason::isolation)
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 1"));
}

SCRIPT(split, a_portal_that_stays_open_keeps_it_at_the_primary) {
    split(s);
    const auto cycle = ask::parse("", "select 1") + ask::bind("p", "") + ask::execute("p", 1) + ask::sync();
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(cycle)
        .expects_lease(primary_node)
        .grant()
        .because(reason::transaction)
        .backend_got(ask::begin_as("$1", begin_text) + cycle);
}

SCRIPT(split, where_nothing_is_said_its_reads_see_all_that_was_acknowledged) {
    split(s);
    s.rules().routing.level_in_split = routing::policy_settings().level_in_split;
    s.rules().routing.causal_wait = milliseconds(5);
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_no_lease()
        .is_in(phase::waiting)
        .asked_position()
        .position(0x100)
        .expects_replica()
        .grant()
        .because(reason::read)
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 1"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
    // Each statement is a read of its own: what was acknowledged in the meantime is to be seen.
    s.client(ask::query("select 2"))
        .backend_got_nothing()
        .asked_position()
        .position(0x101)
        .is_in(phase::waiting)
        .after(milliseconds(6))
        .released({.roll_back = true}, "to be rolled back")
        .old_backend_got(ask::query("ROLLBACK"))
        .expects_lease(primary_node)
        .grant()
        .because(reason::behind_floor)
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 2"));
}

SCRIPT(split, a_conflict_with_recovery_between_two_reads_is_not_missed) {
    reads_in_transaction(s)
        .backend(reply().error("40001", "terminating connection due to conflict with recovery", "FATAL"))
        .released_closed()
        .client_got_nothing()
        .client(ask::query("insert into t values (1)"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("insert into t values (1)"));
}

SCRIPT(split, a_begin_at_the_head_of_a_cycle_is_split_too) {
    split(s);
    const auto cycle = ask::extended("begin") + ask::extended("select 1") + ask::sync();
    s.client(cycle).expects_replica().grant().because(reason::read).backend_got(cycle);
}

}  // namespace
}  // namespace weir::session

// The routing half of session: a judged cycle -> a lease, and the cycle on its way.
#include <algorithm>
#include <utility>

#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;
using routing::reason;

bool session::judge_oversized() {
    // The messages so far have to be resolved all the same: their names live on. The last may be
    // there in part, but never without its names.
    judged_ = {};
    judged_.what = unknown_facts();
    judged_.executes = true;
    if (opaque_text_) judged_.pins = opaque_facts()->pins;
    judged_.draws_sequence = true;
    for (auto& m : cycle_->messages()) {
        auto& ext = extended();
        if (!resolve(m, cycle_->body(m), env_, ext.names, ext.open)) return false;
        note_run(judged_, m, cycle_->body(m), env_, ext.names);
        const bool cut = cycle_->body(m).size() < cycle_->body_length(m);
        if (cut && m.type == frontend::query) ++judged_.unread;
    }
    return true;
}

void session::decide(instant now, actions& out) {
    stand_in_.reset();
    described_ = false;
    hold_until_ = wait_until_ = never;
    rule_.reset();
    rule_timeout_ = milliseconds{0};
    wants_token_ = false;
    if (who_->replication || (link_ != nullptr && link_->owed.skipping())) {
        judged_ = {};
        judged_.what = unknown_facts();
        judged_.simple = cycle_->last_type() == frontend::query;
        judged_.executes = who_->replication;
        return link_ != nullptr ? dispatch(now, out) : want_primary(reason::replication, now, out);
    }
    if (streaming_) {
        if (!judge_oversized())
            return end_with({sqlstate::protocol_violation, "invalid message format"}, out);
    } else {
        auto judged = judge_cycle(*cycle_, env_, extended().names, extended().open, names_now());
        if (!judged) return end_with(judged.error(), out);
        judged_ = std::move(*judged);
        if (opaque_text_ && judged_.executes) {
            judged_.what = opaque_facts();
            judged_.begin.reset();
            judged_.single_text = {};
            cycle_->forget_seen();
            judged_.pins = judged_.pins | opaque_facts()->pins;
            judged_.unread = 0;
        }
        if (tx_.is() != transaction::state::none || (link_ != nullptr && !lease_is_free()))
            judged_.take_in_begin();
        if (answer_locally(now, out) || refuse_recall(now, out)) return;
    }
    if (judged_.wish == query::hint::after && !take_hint_token(now, out)) return;
    meet_rules(now);
    if (refuse_by_rule(now, out)) return;
    // The first Execute chooses the node (FACTS 9): what comes before it can stay where the session is.
    if (link_ != nullptr && !lease_is_free() && !streaming_ && binds_and_runs_nothing()) {
        why_ = lease_is_replica_ ? reason::held_replica : reason::held_primary;
        return dispatch(now, out);
    }
    if (streaming_ && tx_.is() == transaction::state::failed) {
        return end_with({sqlstate::in_failed_transaction,
                         "current transaction is aborted, and this request is too large to be skipped"},
                        out);
    }
    route(now, out);
}

void session::route(instant now, actions& out) {
    const auto q = question_under(rule_in_force());
    auto judged = routing::judge(q);
    // What runs has been refused before; what is left prepares, or meets a transaction that has failed.
    if (judged.is == routing::verdict::reject) judged = routing::judge(question_under(nullptr));
    if (judged.is == routing::verdict::replica && was_refused_before())
        judged = {routing::verdict::primary, reason::learned};
    // A portal that a Flush leaves open would be lost with the replica.
    if (judged.is == routing::verdict::replica && cycle_->last_type() == frontend::flush &&
        !binds_and_runs_nothing())
        judged = {routing::verdict::primary, reason::transaction};
    why_ = judged.why;
    // A transaction that failed on its replica is answered by it until it ends.
    const bool failed_there =
        link_ != nullptr && link_->status == wire::backend::transaction_status::failed;
    switch (judged.is) {
        case routing::verdict::keep:
            // In READ COMMITTED each statement is a read of its own.
            if (q.held == routing::held_lease::replica && q.what->read_only && !judged_.resumes && !failed_there &&
                routing::covers_others(q.level))
                return want_replica_or_primary(now, out);
            return go_on(now, out);
        case routing::verdict::move:
            return failed_there ? dispatch(now, out) : move_to_primary(judged.why, now, out);
        case routing::verdict::primary: return want_primary(judged.why, now, out);
        case routing::verdict::replica: return want_replica_or_primary(now, out);
        case routing::verdict::reject: return;
    }
}

/// On the lease that is held. Between transactions what it has may differ from what the session has: a
/// RESET has led the connection to its start, and not the session to its own.
void session::go_on(instant now, actions& out) {
    const bool at_rest = !link_->unsynced && !link_->owed.skipping() &&
                         link_->status == wire::backend::transaction_status::idle;
    if (at_rest && !equal(link_->applied, settings_)) return take_up_lease(now, out);
    if (marks_commit()) return mark_commit(out);
    dispatch(now, out);
}

void session::want_primary(reason why, instant now, actions& out) {
    why_ = why;
    if (home_ != nullptr) go_home(out);
    if (link_ != nullptr) return take_up_lease(now, out);
    const auto& primary = view_->known->primary;
    if (hold_until_ == never) hold_until_ = now + env_.rules_in_force->routing.failover_wait;
    if (!primary) {
        phase_ = phase::holding;
        deadline_ = std::min(hold_until_, statement_deadline());
        return;
    }
    deadline_ = statement_deadline();
    lease_node_ = *primary;
    lease_is_replica_ = false;
    out.take_lease = lease_node_;
    phase_ = phase::asking;
}

void session::move_to_primary(reason why, instant now, actions& out) {
    // Only proved reads ran there: nothing needs carrying over but the BEGIN itself.
    if (tx_.is() == transaction::state::open) tx_.defer_again();
    give_lease_back({.close = false, .roll_back = true, .discard = false}, out);
    want_primary(why, now, out);
}

void session::retry_on_primary(reason why, instant now, actions& out) {
    retry_wanted_ = false;
    hold_back_ = false;
    held_.clear();
    if (extended_) extended_->held_back.clear();
    held_names_ = 0;
    if (std::exchange(end_told_, false)) tx_.ended();
    if (tx_.is() == transaction::state::open) tx_.defer_again();
    const bool lost = why == reason::replica_lost;
    give_lease_back({.close = lost, .roll_back = !lost, .discard = false}, out);
    want_primary(why, now, out);
}

/// Another connection to the same node: the last one had ended before it took anything in.
void session::retry_elsewhere(instant now, actions& out) {
    retry_same_ = untouched_ = false;
    held_.clear();
    held_names_ = 0;
    if (extended_) extended_->held_back.clear();
    if (tx_.is() == transaction::state::open) tx_.defer_again();
    give_lease_back({.close = true}, out);
    if (!lease_is_replica_) return want_primary(why_, now, out);
    out.take_lease = lease_node_;
    phase_ = phase::asking;
}

void session::dispatch(instant now, actions& out) {
    if (!std::exchange(described_, true) && describe_first(out)) {
        describing_ = true;
        phase_ = phase::preparing;
        return;
    }
    mark_changed_shapes();
    phase_ = phase::running;
    sent_ = now;
    executed_ = 0;
    deadline_ = run_deadline(now);
    cancelled_for_ = run_limit::none;
    fatal_told_ = false;
    syntax_error_ = error_told_ = false;
    // A transaction that failed there is answered there, and so is what an open portal goes on with;
    // everything else may still move.
    hold_back_ = lease_is_replica_ && !streaming_ && !judged_.resumes && !link_->owed.skipping() &&
                 link_->status != wire::backend::transaction_status::failed;
    tags_ = 0;
    name_reset_ = (name_reset_ && !fresh_lease_) || judged_.resets_name;
    untouched_ = fresh_lease_ && !streaming_;
    if (fresh_lease_) sequences_known_ = !link_->drew_sequence;
    if (judged_.redefines) begin_catalog_change();
    dispatcher to(*link_, out.backend, env_.rules_in_force->prepared_per_backend);
    if (judged_.lists_statements || (judged_.unread > 0 && !link_->named.empty()))
        to.list_exactly(extended().names.before());
    const bool several = judged_.query && judged_.query->kind == query::statement_kind::several;
    if (several && !streaming_ && cycle_->messages().size() == 1) to.bring_names_first(cycle_->messages().front());
    if (tx_.is() == transaction::state::deferred) send_kept_back_begin(to);
    std::uint32_t number = 0;
    for (const auto& m : cycle_->messages()) {
        link_->owed.begin_message(++number);
        forward_rest_ = to.message(m, cycle_->raw(m));
    }
    link_->owed.begin_message(0);
    stand_in_ = std::move(to.stand_in());
    if (commit_) commit_->owed = link_->owed.owed_to_client();
    if (env_.explain) explain();
    make_up_replies(out);
    fresh_lease_ = false;
    if (streaming_) ended_ = false;  // the rest follows as it comes
    finish_cycle(now, out);
}

/// currval and lastval answer for what this session drew, or not at all.
bool session::refuse_recall(instant now, actions& out) {
    if (!judged_.recalls_sequence || link_ == nullptr || sequences_known_ || link_->owed.skipping() ||
        link_->in_failed_transaction())
        return false;
    const fault why{sqlstate::object_not_in_state, "currval and lastval are not known in this session",
                    "The connection to the server was in other sessions' use before, and may answer with "
                    "what they drew.",
                    sequence_hint};
    refuse_cycle(why, now, out);
    return true;
}

void session::explain() const {
    const auto* node = view_->known->find(lease_node_);
    std::string line = "client " + std::to_string(pid_) + ": ";
    line += node != nullptr ? node->address.name : "unknown node";
    line += lease_is_replica_ ? " (replica): " : " (primary): ";
    line += routing::to_string(why_);
    if (!judged_.what->read_only) {
        line += ", ";
        line += query::phrase(judged_.what->why_not);
    }
    const auto* by = rule_in_force();
    if (by != nullptr) line += ", rule \"" + by->name + '"';
    line += ", ";
    line += routing::to_string(level_under(by));
    tell_statements(line);
    env_.explain(line);
}

void session::fail_cycle(const fault& why, instant now, actions& out) {
    // The rest of a request that is too large to be kept cannot be skipped either.
    if (streaming_) return end_with(why, out);
    if (is_settling()) return tell_outcome(commit_outcome::unknown, now, out);
    auto& to = out.client.own();
    wire::backend::append_error(to, "ERROR", why);
    if (extended_) extended_->names.undo_all();
    // With its connection an open transaction is lost.
    const bool lost = tx_.is() == transaction::state::open && link_ == nullptr;
    if (lost || tx_.is() == transaction::state::deferred) tx_.failed_to_begin();
    const char last = cycle_->last_type();
    if (last == frontend::flush) {
        drop_until_sync_ = true;
    } else {
        using status = wire::backend::transaction_status;
        const bool failed_there = link_ != nullptr && link_->status == status::failed;
        wire::backend::append_ready(to, failed_there ? status::failed : tx_.told());
    }
    drop_cycle(out);
    deadline_ = never;
    phase_ = phase::ready;
    end_if_drained(out);
}

}  // namespace weir::session

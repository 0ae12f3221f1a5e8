// The routing half of session: a judged cycle -> a lease, and the cycle on its way.
#include <algorithm>
#include <charconv>
#include <utility>

#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;
using routing::held_lease;
using routing::reason;

const routing::rule* session::rule_for_me() {
    const auto& policy = *env_.rules_in_force;
    if (rule_generation_ != policy.generation + 1) {
        rule_generation_ = policy.generation + 1;
        rule_ = routing::match(policy.rules, who_.user, who_.database, who_.application_name);
    }
    return rule_ ? &policy.rules[*rule_] : nullptr;
}

routing::consistency session::level_for_me() {
    const auto* by = rule_for_me();
    return by != nullptr && by->level ? *by->level : env_.rules_in_force->routing.level;
}

/// Nothing where it is not known for sure in which search_path the server would look: then syntax alone
/// decides.
query::name_view session::names_now() {
    if (!catalog_ || !catalog_->known || start_path_ == nullptr) return {};
    const auto* path = find(settings_, "search_path");
    if (path == nullptr && *start_path_) path = &**start_path_;
    if (path == nullptr) return {};
    const auto* user = find(settings_, "role");
    if (user == nullptr || *user == "none") user = find(settings_, "session_authorization");
    if (user == nullptr) user = &who_.user;
    if (!scope_ || scope_->in != catalog_->known || scope_->search_path != *path || scope_->user != *user)
        scope_ = env_.scopes.find(catalog_->known, *path, *user);
    return {scope_.get(), catalog_->is_current()};
}

/// From here to the end of its transaction nobody is answered from what the catalog was before.
void session::begin_catalog_change() {
    if (catalog_ && !catalog_change_)
        catalog_change_ = std::make_unique<query::catalog_change>(catalog_->board);
}

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
    hold_until_ = never;
    if (who_.replication || (link_ != nullptr && link_->owed.skipping())) {
        judged_ = {};
        judged_.what = unknown_facts();
        judged_.simple = cycle_->last_type() == frontend::query;
        judged_.executes = who_.replication;
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
            judged_.single_text = {};
            judged_.pins = judged_.pins | opaque_facts()->pins;
            judged_.unread = 0;
        }
        if (answer_locally(now, out) || refuse_recall(now, out)) return;
    }
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
    routing::question q;
    q.what = judged_.what.get();
    q.wish = judged_.wish;
    q.transaction = tx_.kind();
    if (link_ != nullptr && !lease_is_free()) q.held = lease_is_replica_ ? held_lease::replica : held_lease::primary;
    q.too_large = streaming_;
    q.by = rule_for_me();
    q.level = level_for_me();
    auto judged = routing::judge(q);
    // A portal that a Flush leaves open would be lost with the replica.
    if (judged.is == routing::verdict::replica && cycle_->last_type() == frontend::flush &&
        !binds_and_runs_nothing())
        judged = {routing::verdict::primary, reason::transaction};
    why_ = judged.why;
    // A transaction that failed on its replica is answered by it until it ends.
    const bool failed_there =
        link_ != nullptr && link_->status == wire::backend::transaction_status::failed;
    switch (judged.is) {
        case routing::verdict::keep: return go_on(now, out);
        case routing::verdict::move:
            return failed_there ? dispatch(now, out) : move_to_primary(judged.why, now, out);
        case routing::verdict::primary: return want_primary(judged.why, now, out);
        case routing::verdict::replica: return want_replica_or_primary(now, out);
        case routing::verdict::reject: {
            const auto& text = q.by->message;
            return fail_cycle({sqlstate::insufficient_privilege,
                               text.empty() ? "rejected by rule \"" + q.by->name + "\"" : text, "",
                               "See the rule \"" + q.by->name + "\" in Weir's configuration."},
                              now, out);
        }
    }
}

/// On the lease that is held. Between transactions what it has may differ from what the session has: a
/// RESET has led the connection to its start, and not the session to its own.
void session::go_on(instant now, actions& out) {
    const bool at_rest = !link_->unsynced && !link_->owed.skipping() &&
                         link_->status == wire::backend::transaction_status::idle;
    if (at_rest && !equal(link_->applied, settings_)) return take_up_lease(now, out);
    dispatch(now, out);
}

void session::want_replica_or_primary(instant now, actions& out) {
    const auto& policy = env_.rules_in_force->routing;
    floor_.settle(*view_->known);
    const routing::limits allowed{level_for_me(), policy.max_lag_bytes, policy.max_lag_ms};
    const auto chosen = routing::choose(*view_->known, floor_, allowed, view_->loads);
    why_ = chosen.why;
    if (!chosen.replica) {
        if (auto again = floor_.ask_again()) out.ask_position = *again;
        return want_primary(chosen.why, now, out);
    }
    if (link_ != nullptr) set_home_aside(out);
    lease_node_ = *chosen.replica;
    lease_is_replica_ = true;
    out.take_lease = lease_node_;
    phase_ = phase::asking;
    deadline_ = statement_deadline();
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
    if (tx_.is() == transaction::state::open) tx_.defer_again();
    give_lease_back({.close = why == reason::replica_lost, .roll_back = true, .discard = false}, out);
    want_primary(why, now, out);
}

/// Another connection to the same node: the last one had ended before it took anything in.
void session::retry_elsewhere(instant now, actions& out) {
    retry_same_ = untouched_ = false;
    held_.clear();
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
    deadline_ = never;
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
    if (tx_.is() == transaction::state::deferred) {
        if (link_->drew_sequence && tx_.kind() == routing::transaction_kind::read_write) {
            to.forget_sequences();
            sequences_known_ = true;
        }
        to.begin(*env_.statements.intern_lasting(tx_.begin_text(), bytes_view("\0\0", 2),
                                                 env_.verdicts));
        tx_.opened();
    }
    std::uint32_t number = 0;
    for (const auto& m : cycle_->messages()) {
        link_->owed.begin_message(++number);
        forward_rest_ = to.message(m, cycle_->raw(m));
    }
    link_->owed.begin_message(0);
    stand_in_ = to.stand_in();
    if (env_.explain) explain();
    make_up_replies(out);
    fresh_lease_ = false;
    if (streaming_) ended_ = false;  // the rest follows as it comes
    finish_cycle(now, out);
}

instant session::statement_deadline() const {
    auto limit = own_timeout_;
    if (const auto* set = find(settings_, "statement_timeout")) {
        long long ms = 0;
        std::from_chars(set->data(), set->data() + set->size(), ms);
        limit = milliseconds(ms);
    }
    return limit.count() > 0 && began_ != instant::min() ? began_ + limit : never;
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
    if (link_->status == wire::backend::transaction_status::idle) {
        fail_cycle(why, now, out);
        return true;
    }
    phase_ = phase::running;
    hold_back_ = false;
    dispatcher to(*link_, out.backend, env_.rules_in_force->prepared_per_backend);
    to.refuse(why);
    stand_in_ = to.stand_in();
    if (cycle_->last_type() == frontend::flush) {
        frontend::append_flush(out.backend.own());
    } else {
        to.sync_for_lost_query();
    }
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
    env_.explain(line);
}

void session::fail_cycle(const fault& why, instant, actions& out) {
    // The rest of a request that is too large to be kept cannot be skipped either.
    if (streaming_) return end_with(why, out);
    auto& to = out.client.own();
    wire::backend::append_error(to, "ERROR", why);
    if (extended_) extended_->names.undo_all();
    if (tx_.is() == transaction::state::deferred) tx_.failed_to_begin();
    const char last = cycle_->last_type();
    if (last == frontend::flush) {
        drop_until_sync_ = true;
    } else {
        wire::backend::append_ready(to, tx_.told());
    }
    drop_cycle(out);
    deadline_ = never;
    phase_ = phase::ready;
    end_if_drained(out);
}

}  // namespace weir::session

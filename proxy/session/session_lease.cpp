// A session's lease from its grant to its end: the connection is brought to the session's settings, and
// before it is given back the server is asked what was left on it.
#include <algorithm>
#include <utility>

#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;
using query::pin_cause;

/// A Query of Weir's own.
void session::ask_lease(bytes_view text, owed_act act, actions& out) {
    frontend::append_query(out.backend.own(), text);
    link_->owed.push({owed_kind::query, act});
    link_->unnamed = 0;
    link_->unsynced = false;
}

/// The wait behind a pause is not counted against what a cycle may wait for a primary or a replica.
void session::on(const ask_again&, instant now, actions& out) {
    ask_is_held_ = false;
    if (phase_ == phase::welcoming) {
        hold_until_ = now + env_.rules_in_force->routing.failover_wait;
        look_for_welcome(out);
    } else if (phase_ == phase::asking) {
        hold_until_ = wait_until_ = never;
        lease_is_replica_ ? want_replica_or_primary(now, out) : want_primary(why_, now, out);
    }
    finish_event(now, out);
}

/// Settings are brought over, and answered, before any byte of the client is sent (FACTS 15).
void session::take_up_lease(instant now, actions& out) {
    sequences_known_ = sequences_known_ && !fresh_lease_;
    if (fresh_lease_ && shows_a_trace(link_->applied, settings_)) {
        // PostgreSQL forgets no custom setting; a session that never had one must not find it.
        give_lease_back({.close = true}, out);
        out.take_lease = lease_node_;
        return;
    }
    if (fresh_lease_ && !lease_is_replica_ && link_->start.is_known() && !is_of_probed_incarnation()) {
        // It has started anew since it said that it is the primary, perhaps as a replica; or the connection leads to
        // a server that is no more.
        out.probe = lease_node_;
        give_lease_back({.close = true}, out);
        phase_ = phase::holding;
        deadline_ = std::min(hold_until_, statement_deadline());
        return;
    }
    if (is_settling()) return ask_of_commit(commit_->outcome_question(false), out);
    if (const auto against = objection_to_lease(); against != routing::reason::read) {
        if (against == routing::reason::behind_floor) out.probe = lease_node_;
        give_lease_back({}, out);
        return want_primary(against, now, out);
    }
    described_ = false;
    auto texts = bring_over(link_->applied, settings_);
    const bool keeps = env_.rules_in_force->keeps_sequences && judged_.draws_sequence;
    if (!lease_is_replica_ && link_->drew_sequence && (judged_.recalls_sequence || keeps)) {
        texts.emplace_back("DISCARD SEQUENCES");
        link_->drew_sequence = false;
    }
    auditing_ = is_to_be_audited();
    if (texts.empty() && !auditing_) return dispatch(now, out);
    phase_ = phase::preparing;
    prepare_failed_.reset();
    if (auditing_) ask_lease("SELECT pg_catalog.pg_last_wal_replay_lsn()", owed_act::inspect, out);
    for (const auto& text : texts) ask_lease(text, owed_act::swallow, out);
}

void session::on_prepared(instant now, actions& out) {
    if (commit_) return is_settling() ? on_outcome(now, out) : on_marked(now, out);
    if (std::exchange(describing_, false)) {
        // What failed to be prepared fails again, and then the client is told, or the primary is asked.
        prepare_failed_.reset();
        return dispatch(now, out);
    }
    if (!prepare_failed_) {
        link_->applied = settings_;
        return dispatch(now, out);
    }
    const fault why{prepare_failed_->sqlstate, prepare_failed_->message,
                    "The session's settings could not be brought to a connection at the server.",
                    "RESET what this server does not take, or DISCARD ALL."};
    prepare_failed_.reset();
    give_lease_back({.close = true}, out);
    if (lease_is_replica_) return want_primary(routing::reason::replica_refused, now, out);
    fail_cycle(why, now, out);
}

/// Notes what the cycle that has just ended may have left behind.
void session::note_leavings() {
    auto touched = judged_.pins;
    const bool keeps = env_.rules_in_force->keeps_sequences;
    if (!keeps) touched = query::without(touched, pin_cause::sequence_value);
    if (keeps && judged_.draws_sequence) touched = touched | pin_cause::sequence_value;
    // Text that Weir's grammar does not know may have left anything behind, but where it is a mistake.
    if (judged_.unread > (syntax_error_ ? 1u : 0u))
        touched = touched | pin_cause::procedural | pin_cause::sql_prepare;
    if (query::any(touched)) note_pinning(touched);
    state_.touch(touched);
    state_.end(judged_.ends);
    for (const auto& name : judged_.custom_settings) state_.touch_setting(name);
    if (judged_.draws_sequence && !lease_is_replica_) link_->drew_sequence = true;
    log_pins();
}

/// Of the cycle's statements the first that touches such a thing, else the last.
void session::note_pinning(pin_cause touched) {
    query::digest by;
    for (const auto& one : cycle_->seen()) {
        by = one.shape->shown;
        if (one.known != nullptr && query::any(one.known->pins & touched)) break;
    }
    if (!pin_log_) pin_log_ = std::make_unique<pin_log>();
    pin_log_->note(began_, by);
}

void session::log_pins() {
    if (!pin_log_) return;
    pin_log_->settle(state_.pins());
    if (pin_log_->all().empty() && !query::any(state_.suspected())) pin_log_.reset();
}

/// Between transactions. Only the server knows what its SET, its functions and its ROLLBACKs have left.
void session::rest(instant, actions& out) {
    if (!query::any(state_.suspected()) || who_->replication) return let_go(out);
    auto names = state_.custom_names();
    if (settings_)
        for (const auto& s : settings_->all())
            if (is_custom(s.name) && std::find(names.begin(), names.end(), s.name) == names.end())
                names.push_back(s.name);
    inspection_ = std::make_unique<inspection>(state_.suspected(), std::move(names), who_->user);
    phase_ = phase::inspecting;
    ask_lease(inspection_->question(), owed_act::inspect, out);
}

void session::on_inspected(instant, actions& out) {
    const auto seen = std::move(inspection_);
    phase_ = phase::ready;
    if (prepare_failed_) {
        // It was cancelled by a time limit of the client's: asked again after the next cycle.
        prepare_failed_.reset();
        return end_if_drained(out);
    }
    auto found = seen->found();
    for (const auto& name : seen->found_statements())
        if (link_->named.find(name).value_or(0) == 0) found = found | pin_cause::sql_prepare;
    if (seen->asked_for(pin_cause::settings)) {
        link_->applied = env_.settings.intern(seen->found_settings());
        settings_ = link_->applied;
        // What the client connected with is what it falls back to, and no connection starts with it.
        if (find(settings_, usual::application_name) == nullptr && !who_->application_name.empty())
            settings_ = env_.settings.intern(with(settings_, "application_name", &who_->application_name));
    }
    state_.settle(seen->what(), found);
    let_go(out);
}

void session::let_go(actions& out) {
    log_pins();
    // A walsender takes no SET and no DISCARD: it is its client's alone.
    if (who_->replication) return end_if_drained(out);
    settle_overrides();
    const bool stays = in_session_mode() && !lease_is_replica_ && link_->may_be_lent();
    if (state_.is_clean() && !stays) {
        const bool full = link_->named.size() > env_.rules_in_force->prepared_per_backend;
        if (!link_->may_be_lent()) {
            give_lease_back({.close = true}, out);
        } else {
            give_lease_back({.discard = full}, out);
        }
        if (home_ != nullptr) go_home(out);
    }
    end_if_drained(out);
}

/// Session mode: the lease is kept, and nothing but that ties a read to it.
bool session::lease_is_free() const {
    return link_ != nullptr && in_session_mode() && !lease_is_replica_ && state_.is_clean() &&
           (tx_.is() == transaction::state::none || tx_.is() == transaction::state::deferred) &&
           link_->may_be_lent();
}

void session::set_home_aside(actions& out) {
    home_ = link_;
    home_node_ = lease_node_;
    link_ = nullptr;
    out.set_aside = true;
}

/// The lease of the session is again the one to talk to.
void session::go_home(actions& out) {
    link_ = home_;
    lease_node_ = home_node_;
    lease_is_replica_ = false;
    home_ = nullptr;
    if (!std::exchange(out.set_aside, false)) out.take_back = true;
}

void session::give_home_back(actions& out) {
    if (home_ == nullptr) return;
    view_->loads.end(home_node_);
    out.release_aside = give_back{};
    home_ = nullptr;
}

void session::give_lease_back(give_back how, actions& out) {
    view_->loads.end(lease_node_);
    if (how.discard && state_.is_spoilt()) how = {.close = true};
    if (how.discard) link_->applied = after_discard(link_->applied, state_.custom_names());
    out.release = how;
    link_ = nullptr;
    state_.forget();
    inspection_.reset();
}

/// DISCARD ALL and RESET ALL without a connection: the next one is brought to what they leave.
void session::back_to_start() {
    auto left = after_discard(settings_, {});
    if (!who_->application_name.empty()) left = with(left, "application_name", &who_->application_name);
    settings_ = env_.settings.intern(std::move(left));
}

}  // namespace weir::session

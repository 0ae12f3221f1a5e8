// A COMMIT whose answer is lost with its connection: where it is wanted, the transaction is noted ahead of its COMMIT,
// and the primary, the same one or the next, is asked what has become of it (FACTS 1).
#include <algorithm>

#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace {

const fault outcome_unknown{sqlstate::transaction_unknown,
                            "the connection to the server was lost, and the outcome is not known",
                            "The primary was asked, and what it says does not prove whether the transaction was committed.",
                            "Connect again and look whether it was done before repeating it."};
/// Class 40: all of it may be done again, and the connection is as good as before (FACTS 21).
const fault rolled_back{sqlstate::serialization_failure, "the transaction was rolled back",
                        "The connection to the server was lost before it was committed; nothing of it is done.",
                        "Repeat the transaction."};
const fault state_lost{sqlstate::connection_failure, "the connection to the server was lost",
                       "What the session had left there, temporary tables for example, is lost with it.",
                       "Connect again."};

}  // namespace

bool session::wants_outcome() const {
    if (tx_.wants_outcome()) return true;
    if (local_.commit_outcome) return *local_.commit_outcome;
    if (own_.commit_outcome) return *own_.commit_outcome;
    return overrides_.commit_outcome.value_or(env_.rules_in_force->routing.commit_outcome);
}

/// A COMMIT of its own: what commits among other things has other answers than its own.
bool session::marks_commit() const {
    return !lease_is_replica_ && tx_.is() == transaction::state::open && tx_.wrote() && !streaming_ &&
           link_->status == wire::backend::transaction_status::in_block && !link_->unsynced &&
           judged_.what->kind == query::statement_kind::commit && !judged_.what->chain &&
           cycle_->last_type() != wire::frontend::flush && wants_outcome() && concerns_one_statement();
}

void session::mark_commit(actions& out) {
    commit_ = std::make_unique<commit_mark>(link_->start);
    ask_of_commit(commit_mark::question(), out);
}

/// A question of Weir's that failed has failed the transaction: its COMMIT must not look as if it had been done.
void session::on_marked(instant now, actions& out) {
    if (!prepare_failed_) {
        commit_->now = commit_mark::stage::sent;
        return dispatch(now, out);
    }
    const fault why{prepare_failed_->sqlstate, prepare_failed_->message,
                    "Weir could not ask for what tells the outcome of the transaction's COMMIT.",
                    "Repeat the transaction, or switch commit_outcome off."};
    prepare_failed_.reset();
    fail_cycle(why, now, out);
}

/// Nothing of the COMMIT's answer has reached the client.
bool session::can_settle() const {
    if (!commit_ || commit_->now != commit_mark::stage::sent || !commit_->is_known() || link_ == nullptr) return false;
    const auto& skipped = link_->owed.dropped();
    const auto failed = std::count_if(skipped.begin(), skipped.end(), is_for_client);
    return link_->owed.owed_to_client() + static_cast<std::size_t>(failed) == commit_->owed && !has_part_of_message();
}

void session::settle_commit(instant now, actions& out) {
    if (!is_settling()) {
        commit_->now = commit_mark::stage::settling;
        commit_->state_lost = !state_.is_clean();
        commit_->look_for_flush(view_->known->find(lease_node_));
        hold_until_ = now + env_.rules_in_force->routing.failover_wait;
    }
    prepare_failed_.reset();
    give_lease_back({.close = true}, out);
    want_primary(why_, now, out);
}

void session::ask_of_commit(const std::string& text, actions& out) {
    prepare_failed_.reset();
    phase_ = phase::preparing;
    deadline_ = statement_deadline();
    ask_lease(text, owed_act::inspect, out);
}

void session::on_outcome(instant now, actions& out) {
    const std::string error = prepare_failed_ ? prepare_failed_->sqlstate : std::string();
    const auto found = commit_->outcome(link_->start, error, *view_->known);
    if (found == commit_outcome::in_progress && now < hold_until_)
        return ask_of_commit(commit_->outcome_question(true), out);
    prepare_failed_.reset();
    tell_outcome(found, now, out);
}

void session::tell_outcome(commit_outcome found, instant now, actions& out) {
    if (found != commit_outcome::committed && found != commit_outcome::rolled_back) return end_with(outcome_unknown, out);
    const bool state_is_lost = commit_->state_lost;
    commit_.reset();
    give_lease_back({}, out);
    after_transaction(out);
    if (found == commit_outcome::committed) {
        reply_locally("COMMIT", out);
    } else {
        fail_cycle(rolled_back, now, out);
    }
    if (state_is_lost && phase_ != phase::closed) end_with(state_lost, out);
}

}  // namespace weir::session

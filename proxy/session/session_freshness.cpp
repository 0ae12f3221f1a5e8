// A read and the replica that is fresh enough for it: waiting, choosing, and proof.
#include <algorithm>
#include <array>
#include <utility>

#include "session/session.hpp"
#include "wire/backend.hpp"

namespace weir::session {

using routing::reason;

/// Begins or goes on: a read may have to wait for the primary's position and for a replica to reach it.
void session::want_replica_or_primary(instant now, actions& out) {
    const auto& policy = env_.rules_in_force->routing;
    const auto* by = rule_in_force();
    const auto level = level_under(by);
    floor_.settle(*view_->known);
    if (!routing::has_candidate(*view_->known)) {
        // The primary serves it, whatever its position is.
    } else if (routing::covers_others(level) && wait_until_ == never) {
        out.ask_position = floor_.raise_to_now();
    } else if (auto ticket = routing::needs_floor(level) ? floor_.ask() : std::nullopt) {
        out.ask_position = *ticket;
    }
    if (wait_until_ == never) wait_until_ = now + policy.causal_wait;
    auto allowed = routing::limits_under(by, policy, level);
    allowed.patience = policy.causal_wait;
    if (link_ != nullptr && lease_is_replica_) allowed.only = lease_node_;
    const auto chosen = routing::choose(*view_->known, floor_, allowed, view_->loads);
    why_ = chosen.why;
    const bool hopes = chosen.soon || (chosen.why == reason::position_unknown && floor_.is_worth_waiting());
    if (chosen.replica || !hopes || now >= wait_until_) return want_at_last(chosen, now, out);
    if (chosen.soon) out.probe = *chosen.soon;
    phase_ = phase::waiting;
    deadline_ = std::min(wait_until_, statement_deadline());
}

/// Something is known that a session in phase::waiting has waited for, or its time is over.
void session::wait_no_longer(instant now, actions& out) {
    if (wants_token_) return answer_token(now, out);
    want_replica_or_primary(now, out);
}

void session::want_at_last(const routing::choice& chosen, instant now, actions& out) {
    if (phase_ == phase::waiting && counters_ != nullptr)
        counters_->count_wait(now - (wait_until_ - env_.rules_in_force->routing.causal_wait));
    const bool held = link_ != nullptr && lease_is_replica_;
    if (chosen.kept_from_stale && counters_ != nullptr) counters_->count_kept_from_stale();
    if (!chosen.replica && routing::has_candidate(*view_->known)) floor_.note_vain();
    if (!chosen.replica) return held ? move_to_primary(chosen.why, now, out) : want_primary(chosen.why, now, out);
    if (held) {
        why_ = reason::held_replica;
        return go_on(now, out);
    }
    if (link_ != nullptr) set_home_aside(out);
    lease_node_ = *chosen.replica;
    lease_is_replica_ = true;
    out.take_lease = lease_node_;
    phase_ = phase::asking;
    deadline_ = statement_deadline();
}

/// Why a replica's connection does not do after all, now that it is seen; reason::read where it does.
routing::reason session::objection_to_lease() {
    if (!lease_is_replica_) return reason::read;
    if (fresh_lease_ && routing::needs_floor(level_under(rule_in_force())) && !is_of_probed_incarnation())
        return reason::behind_floor;
    if (fresh_lease_ && starts_elsewhere()) return reason::not_read_only;
    return begins_with_snapshot() ? reason::isolation : reason::read;
}

/// A replica that has crashed replays again from an earlier position: what was probed before says nothing of a
/// connection that was opened behind it (FACTS 3).
bool session::is_of_probed_incarnation() const {
    const auto* node = view_->known->find(lease_node_);
    return node != nullptr && link_->start.is_known() && link_->start.started_at_us == node->started_at_us &&
           link_->start.system_identifier == node->known.system_identifier;
}

/// What a replica was known to have reached is proved or disproved by what it says itself, on the connection and
/// ahead of the snapshot that the read takes.
bool session::is_to_be_audited() {
    const auto every = env_.rules_in_force->routing.audit_every;
    if (every <= 0 || !lease_is_replica_ || !fresh_lease_ || !routing::needs_floor(level_under(rule_in_force())) || !floor_.known())
        return false;
    return env_.reads_on_replicas++ % static_cast<std::uint64_t>(every) == 0;
}

void session::read_audit(const wire::frame_piece& piece) {
    if (piece.type != wire::backend::data_row || !auditing_) return;
    held_.append(piece.body);
    if (!piece.last) return;
    auditing_ = false;
    const auto body = std::exchange(held_, {});
    std::array<std::optional<bytes_view>, 1> row;
    const auto read = wire::backend::decode_row(body, row);
    const auto at = read && row[0] ? parse_lsn(*row[0]) : std::nullopt;
    const bool stale = !at || *at < floor_.known()->at;
    if (counters_ != nullptr) counters_->count_audit(stale);
    if (stale && env_.explain) env_.explain("a read would have been stale: its replica is behind the session's floor");
}

}  // namespace weir::session

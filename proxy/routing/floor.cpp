#include "routing/floor.hpp"

#include <algorithm>

namespace weir::routing {

std::uint32_t floor::new_ticket() {
    answered_ = false;
    failed_ = false;
    saw_primary_ = wanted_ = of_write_ = false;
    read_since_asked_ = false;
    return ++ticket_;
}

void floor::doubt() {
    if (!answered_) return;
    answered_ = false;
    failed_ = true;
}

void floor::raise(const cluster::position& at) {
    if (!known_) {
        known_ = at;
    } else if (known_->same_history(at)) {
        known_->at = std::max(known_->at, at.at);
    } else if (known_->system_identifier == at.system_identifier &&
               known_->timeline < at.timeline) {
        // Without the fork point nobody can tell which of the two is further: both together are.
        known_ = cluster::position{at.system_identifier, at.timeline, std::max(known_->at, at.at)};
    }
    // A position of an older history adds nothing that a node of today could still be asked for.
}

void floor::on_position(std::uint32_t ticket, const std::optional<cluster::position>& at) {
    if (ticket != ticket_ || answered_) {
        if (at) raise(*at);  // true, but it does not cover the latest write
        return;
    }
    const bool outdated = at && known_ && at->system_identifier == known_->system_identifier &&
                          at->timeline < known_->timeline;
    answered_ = at && !outdated;
    failed_ = !answered_;
    if (failed_) return;
    // The floors of an old timeline become the new primary's position (PostgreSQL tells the fork
    // point to nobody who may not replicate).
    if (known_ && !known_->same_history(*at)) known_.reset();
    raise(*at);
    // Asked after the read, the primary's position covers all that a replica can have shown.
    if (!read_since_asked_) last_replica_ = node_id{};
}

void floor::take(const cluster::position& token, const cluster::snapshot& now_known) {
    if (known_) known_ = now_known.carried(*known_);
    const auto carried = now_known.carried(token);
    const bool ended = known_ && known_->system_identifier == carried.system_identifier &&
                       carried.timeline < known_->timeline;
    if (ended) return doubt();
    raise(carried);
}

std::optional<std::uint32_t> floor::ask() {
    if (!unknown() || is_asked()) {
        wanted_ = unknown();
        return std::nullopt;
    }
    const auto ticket = new_ticket();
    wanted_ = true;
    return ticket;
}

/// A commit is visible a moment before the replica's position says that it was replayed (the server makes it
/// visible, and then notes the position). What was under way when the read saw it is behind a later position, or
/// there was nothing under way.
bool floor::has_gone_on(const cluster::node_state& served) {
    if (served.all_replayed) return true;
    if (probed_since_ && probed_since_->same_history(served.known)) return probed_since_->at < served.known.at;
    probed_since_ = served.known;
    return false;
}

void floor::settle(const cluster::snapshot& now_known) {
    if (last_replica_.valid()) {
        const auto* served = now_known.find(last_replica_);
        // It may never come back; the primary can tell what others must have reached to replace it.
        if (served == nullptr || !served->up) return doubt();
        if (served->probed > last_read_ && has_gone_on(*served)) {
            if (known_) known_ = now_known.carried(*known_);
            raise(now_known.carried(served->known));
            last_replica_ = node_id{};
        }
    }
    const auto* primary = now_known.primary ? now_known.find(*now_known.primary) : nullptr;
    if (primary == nullptr || !known_) return;
    known_ = now_known.carried(*known_);
    const bool succeeded = primary->known.system_identifier != known_->system_identifier ||
                           primary->known.timeline > known_->timeline;
    if (succeeded) doubt();
}

bool floor::allows(const cluster::node_state& replica) const {
    if (unknown()) return false;
    if (last_replica_.valid() && last_replica_ != replica.id) return false;
    return !known_ || cluster::has_reached(replica.known, *known_);
}

}  // namespace weir::routing

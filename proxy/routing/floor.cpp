#include "routing/floor.hpp"

namespace weir::routing {

void floor::raise(const cluster::position& at) {
    // A position of another history says nothing about the old one: the newer history counts, because
    // it was read from the node that is the primary now.
    if (!known_ || !known_->same_history(at) || known_->at < at.at) known_ = at;
}

void floor::on_position(std::uint32_t ticket, const std::optional<cluster::position>& at) {
    if (at) raise(*at);
    if (ticket != ticket_) return;
    answered_ = at.has_value();
    failed_ = !at.has_value();
}

std::optional<std::uint32_t> floor::ask_again() {
    if (answered_ || !failed_) return std::nullopt;
    failed_ = false;
    return ++ticket_;
}

void floor::settle(const cluster::snapshot& now_known) {
    const auto* served = now_known.find(last_replica_);
    if (served == nullptr || !served->up || served->probed <= last_read_) return;
    raise(served->known);
    last_replica_ = node_id{};
}

bool floor::allows(const cluster::node_state& replica) const {
    if (!answered_) return false;
    if (last_replica_.valid() && last_replica_ != replica.id) return false;
    return !known_ || cluster::has_reached(replica.known, *known_);
}

}  // namespace weir::routing

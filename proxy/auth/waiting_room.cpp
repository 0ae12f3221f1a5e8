#include "auth/waiting_room.hpp"

namespace weir::auth {

std::optional<waiting_room::place> waiting_room::make_room(std::uint64_t oldest, instant now) {
    const auto& of = guests_.at(oldest);
    if (now - of.since < grace) return std::nullopt;
    const place left{oldest, of.worker};
    leave(oldest);
    return left;
}

waiting_room::entry waiting_room::enter(std::string_view host, unsigned worker, limits most, instant now) {
    entry made;
    const auto at = by_host_.find(std::string(host));
    const bool host_is_full = at != by_host_.end() && at->second.size() >= most.per_host;
    if (host_is_full || guests_.size() >= most.in_all) {
        made.sent_away = make_room(host_is_full ? *at->second.begin() : guests_.begin()->first, now);
        if (!made.sent_away) return made;
    }
    made.ticket = ++last_ticket_;
    guests_.emplace(last_ticket_, guest{std::string(host), worker, now});
    by_host_[std::string(host)].insert(last_ticket_);
    return made;
}

void waiting_room::leave(std::uint64_t ticket) {
    const auto found = guests_.find(ticket);
    if (found == guests_.end()) return;
    const auto host = by_host_.find(found->second.host);
    host->second.erase(ticket);
    if (host->second.empty()) by_host_.erase(host);
    guests_.erase(found);
}

}  // namespace weir::auth

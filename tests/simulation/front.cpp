#include "simulation/front.hpp"

#include "simulation/worker.hpp"

namespace weir::simulation {

front::front(surroundings& in, worker& home, session_id id, wire_pair by, std::uint32_t pid)
    : in_(in),
      home_(home),
      id_(id),
      wire_(std::move(by)),
      machine_(home.environment(), session::arrival{}, in.time.now()),
      pid_(pid) {}

void front::begin() {
    const std::weak_ptr<front> known = weak_from_this();
    wire_.to_called->on_bytes = [known](bytes_view data) {
        if (auto mine = known.lock()) {
            mine->unread_.append(data);
            mine->adjust_reading();
        }
    };
    wire_.to_called->on_end = [known] {
        if (auto mine = known.lock()) {
            mine->end_unread_ = true;
            mine->adjust_reading();
        }
    };
    note_deadline(in_.time.now() + home_.environment().rules_in_force->login_timeout);
}

bool front::waits_for_cluster() const {
    const auto p = machine_.now_in();
    return p == session::phase::holding || p == session::phase::waiting || p == session::phase::welcoming;
}

void front::give_back(std::unique_ptr<session::cycle> used) { home_.environment().cycles.put(std::move(used)); }

void front::on_lease(const lender::backend_ptr& lent) {
    asked_ = false;
    lease_ = lent;
    const bool replica = home_.known().nodes[lease_->where.value].is == cluster::role::replica;
    if (auto peer = lease_->peer.lock()) peer->lent_as_replica = replica;
    in_.log.note([&] {
        return "session " + std::to_string(id_.value) + " is lent " + std::to_string(lent->id.value) + " of node" +
               std::to_string(lent->where.value) + (replica ? " (replica)" : " (primary)");
    });
    tell(session::lease_granted{&lease_->link, lease_->where, replica});
}

void front::on_lease_refused(const session::lease_refused& why) {
    asked_ = false;
    tell(why);
}

void front::note_deadline(instant when) {
    if (when == deadline_) return;
    deadline_ = when;
    if (when == never) return;
    in_.time.at(when, [known = weak_from_this(), when] {
        auto mine = known.lock();
        if (mine && mine->deadline_ == when) mine->tell(session::time_passed{});
    });
}

void front::carry_out(session::actions& out) {
    want_client_ = out.want_client;
    note_deadline(out.deadline);
    if (out.close_client) close_after_send_ = true;
    if (out.take_back) take_lease_back(out);
    send_out(out);
    if (out.release) release_lease(out);
    if (out.set_aside) set_lease_aside();
    if (out.release_aside && aside_) home_.desk().release(std::exchange(aside_, nullptr), *out.release_aside, {});
    if (machine_.has_lease() != (lease_ != nullptr))
        in_.log.fail("session " + std::to_string(id_.value) + " and its worker do not agree about its lease");
    ask_around(out);
    if (waits_for_cluster()) home_.note_waiting_for_cluster(id_);
    if (close_after_send_ && !gone_) return finish();
    if (out.identify) identify();
    if (out.take_lease && !gone_) {
        if (asked_ || lease_)
            in_.log.fail("session " + std::to_string(id_.value) + " asks for a lease while it has one or waits");
        asked_ = true;
        asked_node_ = *out.take_lease;
        home_.desk().request(*tenant_, asked_node_, id_, *this);
    }
}

void front::send_out(session::actions& out) {
    if (!out.backend.empty()) {
        if (!lease_) return in_.log.fail("bytes for a lease that is not held");
        out.backend.for_each([&](bytes_view part) { lease_->wire.to_called->send(part); });
    }
    out.client.for_each([&](bytes_view part) { wire_.to_caller->send(part); });
}

void front::release_lease(session::actions& out) {
    const auto lent = std::exchange(lease_, nullptr);
    if (!lent) return in_.log.fail("a lease is given back that is not held");
    if (out.release->clean() && !lent->link.may_be_lent())
        in_.log.fail("a lease is given back as clean, and owes replies or is in a transaction");
    home_.desk().release(lent, *out.release, out.backend_rest);
}

void front::set_lease_aside() {
    aside_ = std::exchange(lease_, nullptr);
    if (!aside_) return;
    aside_->paused = true;
    aside_->user = nullptr;
}

void front::take_lease_back(session::actions& out) {
    if (out.release) release_lease(out);
    out.release.reset();
    lease_ = std::exchange(aside_, nullptr);
    if (!lease_) return in_.log.fail("a lease is taken back and none was set aside");
    lease_->user = this;
    home_.desk().pause(*lease_, false);
}

void front::ask_around(session::actions& out) {
    if (out.drop_request && asked_) {
        asked_ = false;
        home_.desk().withdraw(*tenant_, asked_node_, id_);
    }
    if (out.ask_position) home_.ask_position(weak_from_this(), *out.ask_position);
    if (out.probe.valid()) home_.probe(out.probe);
    if (out.conflict.valid()) home_.note_conflict(out.conflict);
}

void front::identify() {
    const auto& who = machine_.who();
    pool::tenant whose{"main", who.database, who.user, {}};
    for (const auto& p : who.parameters)
        if (p.name != "application_name") whose.parameters.emplace_back(p.name, p.value);
    tenant_ = &home_.desk().find_tenant(whose);
    tell(session::identified{tenant_->welcome.get(), pid_, secret_, &tenant_->counters, &home_.view(), "",
                             &tenant_->start_path, nullptr});
}

void front::adjust_reading() {
    if (gone_ || reading_ || close_after_send_) return;
    if (!want_client_ || (unread_.empty() && !end_unread_)) return;
    reading_ = true;
    in_.time.post([self = shared_from_this()] { self->read_client(); });
}

void front::read_client() {
    reading_ = false;
    if (gone_ || !want_client_) return;
    if (unread_.empty()) return end_unread_ ? client_gone() : void();
    const auto size = in_.chances.chance(20) ? in_.chances.between(1, unread_.size()) : unread_.size();
    // Dies after the event, as a receive buffer that is used again does.
    const std::vector<char> part(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(size));
    unread_.erase(0, size);
    tell(session::client_bytes{bytes_view(part.data(), part.size())});
}

void front::client_gone() {
    if (gone_) return;
    close_after_send_ = true;
    tell(session::client_closed{});
    finish();
}

void front::finish() {
    if (gone_) return;
    auto self = shared_from_this();
    gone_ = true;
    if (lease_) home_.desk().release(std::exchange(lease_, nullptr), {.close = true}, {});
    if (aside_) home_.desk().release(std::exchange(aside_, nullptr), {.close = true}, {});
    if (asked_) home_.desk().withdraw(*tenant_, asked_node_, id_);
    asked_ = false;
    wire_.to_called->forget();
    wire_.to_caller->close();
    deadline_ = never;
    in_.time.post([this, self] { home_.ended(id_); });
}

}  // namespace weir::simulation

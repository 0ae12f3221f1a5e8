#include "net/frontend.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>

#include "net/tls.hpp"
#include "net/worker.hpp"
#include "wire/scram.hpp"

namespace weir::net {
namespace {

constexpr std::size_t always_granted = 16 * 1024;

fault buffers_full() {
    return {sqlstate::out_of_memory, "out of memory for the buffers of clients",
            "All of them hold more than server.max_buffer_bytes, and this session wanted more.",
            "Send large values in smaller pieces, or raise max_buffer_bytes."};
}

}  // namespace

frontend::frontend(worker& home, session_id id, std::unique_ptr<stream> transport, std::string address,
                   session::arrival how, std::uint32_t pid)
    : home_(home),
      id_(id),
      transport_(std::move(transport)),
      machine_(home.environment(), std::move(how), home.now()),
      address_(std::move(address)),
      since_(home.now()),
      pid_(pid) {}

frontend::~frontend() = default;

void frontend::begin() {
    want_client_ = true;
    const auto first = since_ + home_.environment().rules_in_force->login_timeout;
    home_.note_deadline(*this, deadline_, first);
    deadline_ = first;
    if (!transport_->attach(home_.sockets(), *this)) return client_gone();
    adjust_reading();
}

bool frontend::has_secret(bytes_view given) const {
    return !secret_.empty() && wire::equal_in_constant_time(given, secret_);
}

bool frontend::waits_for_cluster() const {
    const auto p = machine_.now_in();
    return p == session::phase::holding || p == session::phase::waiting || p == session::phase::welcoming;
}

template <class Event>
void frontend::step(Event&& e) {
    if (gone()) return;
    auto self = shared_from_this();
    auto& out = home_.borrow_actions();
    // When bytes came is compared with when a position was asked for: the turn's beginning would be too early.
    constexpr bool is_bytes = std::is_same_v<std::decay_t<Event>, session::client_bytes> ||
                              std::is_same_v<std::decay_t<Event>, session::backend_bytes>;
    machine_.on(std::forward<Event>(e), is_bytes ? std::chrono::steady_clock::now() : home_.now(), out);
    carry_out(out);
    home_.return_actions(out);
    count_buffers();
    adjust_reading();
}

// For frontend_login.cpp.
template void frontend::step(session::identified&&);
template void frontend::step(session::identity_refused&&);
template void frontend::step(session::tls_established&&);

/// Who holds little is never the one who makes it too much.
void frontend::count_buffers() {
    const std::size_t now_held = gone() ? 0 : machine_.buffered() + out_.kept_bytes();
    if (now_held == buffered_) return;
    const bool grew = now_held > buffered_;
    home_.note_buffered(static_cast<std::int64_t>(now_held) - static_cast<std::int64_t>(buffered_));
    buffered_ = now_held;
    if (grew && now_held >= always_granted && home_.buffers_are_full()) step(session::terminated{buffers_full()});
}

void frontend::tell(const session::position_known& e) { step(e); }
void frontend::tell(const session::cluster_changed& e) { step(e); }
void frontend::tell(const session::time_passed& e) { step(e); }
void frontend::tell(const session::drain_begun& e) { step(e); }
void frontend::tell(const session::terminated& e) { step(e); }
void frontend::tell(const session::host_name_known& e) { step(e); }
void frontend::tell(session::secret_known e) { step(std::move(e)); }
void frontend::tell_console(session::console_answered answer) { step(std::move(answer)); }

void frontend::cancel(cancel_done done) {
    const auto asked = lease_;  // the session may give it back at once
    step(session::cancel_requested{});
    if (!asked) return done();
    home_.desk().when_cancelled(asked, std::move(done));
}

void frontend::on_cancel_dealt_with() {
    brought_cancel_ = false;
    if (!gone() && !out_.busy()) finish();
}

void frontend::on_lease(std::shared_ptr<backend> lent) {
    asked_ = false;
    lease_ = std::move(lent);
    const bool replica =
        home_.view_of(*tenant_).known->nodes[lease_->node.value].is == cluster::role::replica;
    step(session::lease_granted{&lease_->link, lease_->node, replica});
}

void frontend::on_lease_delayed(bool held) { step(session::lease_delayed{held}); }

void frontend::on_ask_again() {
    asked_ = false;
    step(session::ask_again{});
}

void frontend::on_lease_refused(const session::lease_refused& why) {
    asked_ = false;
    step(why);
}

void frontend::on_backend_bytes(bytes_view data) { step(session::backend_bytes{data}); }
void frontend::on_backend_closed() { step(session::backend_closed{}); }
void frontend::on_backend_drained() { adjust_reading(); }

void frontend::carry_out(session::actions& out) {
    if (out.node_fault && lease_) note_node_fault(*out.node_fault);
    want_client_ = out.want_client;
    home_.note_deadline(*this, deadline_, out.deadline);
    deadline_ = out.deadline;
    if (out.close_client) close_after_send_ = true;
    if (out.take_back) take_lease_back(out);
    send_out(out);
    if (out.cancel_backend && lease_) home_.desk().cancel(lease_);
    if (out.release) release_lease(out);
    if (out.set_aside) set_lease_aside();
    if (out.release_aside && aside_) home_.desk().release(std::move(aside_), *out.release_aside, {});
    ask_around(out);
    if (waits_for_cluster()) home_.note_waiting_for_cluster(*this);
    if (brought_cancel_) return;
    if (close_after_send_ && transport_ && !out_.busy()) return finish();
    if (out.start_tls) {
        tls_after_send_ = true;
        if (!out_.busy()) start_tls();
    }
    // Last, because these may come back with the next event before they return.
    if (out.identify) identify();
    if (out.take_lease && !gone()) {
        asked_ = true;
        asked_node_ = *out.take_lease;
        home_.desk().request(*tenant_, asked_node_, id_, *this, home_.now());
    }
}

void frontend::send_out(session::actions& out) {
    if (!out.backend.empty() && lease_ && !lease_->send(out.backend)) {
        // Told when this event is over; the session must not be entered twice.
        boost::asio::post(home_.io(), [self = shared_from_this(), lost = lease_] {
            if (self->lease_ == lost) self->on_backend_closed();
        });
    }
    if (out.client.empty() || !transport_) return;
    home_.bytes_out += out.client.size();
    if (tenant_ != nullptr) tenant_->counters.bytes_sent += out.client.size();
    if (!out_.send(*transport_, out.client)) {
        close_after_send_ = true;
        boost::asio::post(home_.io(), [self = shared_from_this()] { self->client_gone(); });
        return;
    }
    if (out_.busy()) wait_writable();
}

void frontend::release_lease(session::actions& out) {
    auto lent = std::move(lease_);
    lease_ = nullptr;
    if (lent) home_.desk().release(std::move(lent), *out.release, out.backend_rest);
}

/// What it brings meanwhile stays in its socket: to the client it is idle.
void frontend::set_lease_aside() {
    aside_ = std::move(lease_);
    lease_ = nullptr;
    if (!aside_) return;
    aside_->paused = true;
    aside_->user = nullptr;
}

void frontend::take_lease_back(session::actions& out) {
    if (out.release) release_lease(out);
    out.release.reset();
    lease_ = std::move(aside_);
    aside_ = nullptr;
    if (!lease_) return;
    lease_->paused = false;
    lease_->user = this;
    if (lease_->now == backend::state::closed)
        boost::asio::post(home_.io(), [self = shared_from_this(), lost = lease_] {
            if (self->lease_ == lost) self->on_backend_closed();
        });
}

void frontend::ask_around(session::actions& out) {
    if (out.drop_request && asked_) {
        asked_ = false;
        home_.desk().withdraw(*tenant_, asked_node_, id_);
    }
    if (out.look_up_host) home_.look_up_host(*this);
    if (out.look_up_secret) home_.look_up_secret(*this);
    if (out.refused) note_refusal(*out.refused);
    if (out.ask_position) home_.ask_position(*this, *out.ask_position);
    if (out.probe.valid() && tenant_ != nullptr) home_.probe(*this, out.probe);
    if (out.conflict.valid() && tenant_ != nullptr) tenant_->hub->probes.note_conflict(out.conflict);
    if (out.cancel) {
        brought_cancel_ = true;
        home_.cancel_at(*this, *out.cancel);
    }
    if (out.console) home_.console(*this, std::move(*out.console));
    if (out.cancel_console) home_.cancel_console(*this);
}

void frontend::adjust_reading() {
    if (gone() || handshaking_ || tls_after_send_) return;
    if (lease_) {
        lease_->paused = out_.busy();
        lease_->read();
    }
    if (reading_ || close_after_send_) return;
    // Who does not take the answers is asked for no more questions: Weir's own answers are made without a node that
    // would have to wait.
    const bool blocked = out_.busy() || (lease_ && lease_->out.busy());
    if (want_client_ ? !blocked : waits_for_console() && !unread_) read_client();
}

/// A command of the console that waits, as PAUSE does, is nobody's when its client is gone. What was sent for a
/// server is done all the same, as PostgreSQL does it.
bool frontend::waits_for_console() const { return machine_.now_in() == session::phase::console; }

void frontend::read_client() {
    reading_ = true;
    transport_->wait_readable();
}

void frontend::on_readable() {
    reading_ = false;
    if (gone() || close_after_send_) return;
    if (handshaking_) return go_on_with_handshake();
    if (!want_client_) {
        // What the client says next stays in its socket until it is its turn.
        if (transport_->peer_has_closed()) return client_gone();
        unread_ = true;
        return;
    }
    unread_ = false;
    if (begins_with_tls()) return start_tls();
    auto& buffer = home_.read_buffer();
    const auto got = transport_->try_read(buffer.data(), buffer.size());
    if (got.state == io_state::closed) return client_gone();
    if (got.state == io_state::blocked) return adjust_reading();
    home_.bytes_in += got.bytes;
    if (tenant_ != nullptr) tenant_->counters.bytes_received += got.bytes;
    step(session::client_bytes{bytes_view(buffer.data(), got.bytes)});
}

void frontend::wait_writable() {
    if (writing_) return;
    writing_ = true;
    transport_->wait_writable();
}

void frontend::on_writable() {
    writing_ = false;
    if (gone()) return;
    if (!out_.flush(*transport_)) return client_gone();
    count_buffers();
    if (out_.busy()) return wait_writable();
    if (tls_after_send_) return start_tls();
    if (brought_cancel_) return;
    if (close_after_send_) return finish();
    adjust_reading();
}

void frontend::client_gone() {
    if (gone()) return;
    auto self = shared_from_this();
    out_ = sender();
    close_after_send_ = true;
    step(session::client_closed{});
    finish();
}

void frontend::drop() { client_gone(); }

void frontend::finish() {
    if (gone()) return;
    auto self = shared_from_this();
    if (lease_) {
        // The session is over and has said what is to become of its lease; without that, nothing
        // is known of the connection.
        home_.desk().release(std::move(lease_), {.close = true}, {});
        lease_ = nullptr;
    }
    if (aside_) home_.desk().release(std::move(aside_), {.close = true}, {});
    if (asked_) {
        asked_ = false;
        home_.desk().withdraw(*tenant_, asked_node_, id_);
    }
    transport_->close();
    transport_.reset();
    count_buffers();
    home_.note_deadline(*this, deadline_, never);
    deadline_ = never;
    if (tenant_ != nullptr && logs_connections())
        spdlog::info("client {} has gone: {}@{} from {}, after {} s", pid_, machine_.who().user, machine_.who().database, address_,
                     std::chrono::duration_cast<std::chrono::seconds>(home_.now() - since_).count());
    if (tenant_ != nullptr) --tenant_->clients;
    if (has_seat_) home_.door().give_seat_back(machine_.who().user, machine_.who().database);
    home_.ended(*this);
}

}  // namespace weir::net

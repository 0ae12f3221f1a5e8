#include "net/backend.hpp"

#include "net/lease_desk.hpp"

namespace weir::net {

backend::backend(backend_id number, node_connection made, instant since)
    : id(number),
      opened(since),
      transport(std::move(made.transport)),
      link(std::move(made.link)),
      pid(made.pid),
      secret(std::move(made.secret)) {
    link.server_pid = pid;
}

bool backend::settle(lease_desk& desk, poller& in) {
    desk_ = &desk;
    now = state::idle;
    return transport->attach(in, *this);
}

void backend::read() {
    if (reading_ || paused || now == state::closed || now == state::moving) return;
    reading_ = true;
    transport->wait_readable();
}

void backend::on_readable() {
    reading_ = false;
    if (now == state::closed || paused) return;
    const auto self = shared_from_this();
    auto& desk = *desk_;
    auto& buffer = desk.read_buffer();
    bool has_left = false;
    has_left_ = &has_left;
    do {
        const auto got = transport->try_read(buffer.data(), buffer.size());
        if (got.state == io_state::closed) {
            has_left_ = nullptr;
            return desk.on_gone(*this);
        }
        if (got.state == io_state::blocked) break;
        desk.on_bytes(*this, bytes_view(buffer.data(), got.bytes));
        // Handed over: all of it is another thread's from here on, which may be at work already.
        if (has_left) return;
    } while (now != state::closed && !paused && transport->buffered() > 0);
    has_left_ = nullptr;
    read();
}

bool backend::send(const session::outbox& what) {
    desk_->bytes_out += what.size();
    if (!out.send(*transport, what)) return false;
    if (out.busy()) wait_writable();
    return true;
}

void backend::wait_writable() {
    if (writing_) return;
    writing_ = true;
    transport->wait_writable();
}

void backend::on_writable() {
    writing_ = false;
    if (now == state::closed) return;
    if (!out.flush(*transport)) return desk_->on_gone(*this);
    if (out.busy()) return wait_writable();
    desk_->on_drained(*this);
}

void backend::close() {
    now = state::closed;
    if (transport) transport->close();
}

void backend::leave() {
    now = state::moving;
    transport->detach();
    if (has_left_ != nullptr) *std::exchange(has_left_, nullptr) = true;
    reading_ = writing_ = false;
    owner = nullptr;
}

}  // namespace weir::net

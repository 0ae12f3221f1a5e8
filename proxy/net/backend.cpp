#include "net/backend.hpp"

#include <boost/asio/post.hpp>

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

void backend::read(lease_desk& desk) {
    if (reading_ || paused || now == state::closed || now == state::moving) return;
    reading_ = true;
    auto handler = [self = shared_from_this(), &desk,
                    here = std::weak_ptr<char>(residence_)](boost::system::error_code error) {
        if (!here.expired()) self->on_readable(desk, error);
    };
    if (transport->buffered() > 0) {
        boost::asio::post(transport->socket().get_executor(),
                          [handler]() mutable { handler(boost::system::error_code()); });
    } else {
        transport->wait_readable(std::move(handler));
    }
}

void backend::on_readable(lease_desk& desk, boost::system::error_code error) {
    reading_ = false;
    if (error || now == state::closed || paused) return;
    auto& buffer = desk.read_buffer();
    const std::weak_ptr<char> here = residence_;
    do {
        const auto got = transport->try_read(buffer.data(), buffer.size());
        if (got.state == io_state::closed) return desk.on_gone(*this);
        if (got.state == io_state::blocked) break;
        desk.on_bytes(*this, bytes_view(buffer.data(), got.bytes));
        // Handed over: all of it is another thread's from here on, which may be at work already.
        if (here.expired()) return;
    } while (now != state::closed && !paused && transport->buffered() > 0);
    read(desk);
}

bool backend::send(lease_desk& desk, const session::outbox& what) {
    desk.bytes_out += what.size();
    if (!out.send(*transport, what)) return false;
    if (out.busy()) wait_writable(desk);
    return true;
}

void backend::wait_writable(lease_desk& desk) {
    if (writing_) return;
    writing_ = true;
    transport->wait_writable([self = shared_from_this(), &desk, here = std::weak_ptr<char>(residence_)](
                                 boost::system::error_code error) {
        if (here.expired()) return;
        self->writing_ = false;
        if (error || self->now == state::closed) return;
        if (!self->out.flush(*self->transport)) return desk.on_gone(*self);
        if (self->out.busy()) return self->wait_writable(desk);
        desk.on_drained(*self);
    });
}

void backend::close() {
    now = state::closed;
    if (transport) transport->close();
}

void backend::leave() {
    now = state::moving;
    residence_.reset();
    reading_ = writing_ = false;
    owner = nullptr;
}

void backend::settle(boost::asio::io_context& io) {
    residence_ = std::make_shared<char>();
    transport->move_to(io);
    now = state::idle;
}

}  // namespace weir::net

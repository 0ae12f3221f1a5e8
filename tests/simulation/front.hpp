// front: one client connection of the simulated Weir, in the place of net's frontend: it feeds the real session and
// carries out what that wants, in the same order.
#pragma once

#include <memory>
#include <optional>

#include "session/session.hpp"
#include "simulation/lender.hpp"

namespace weir::simulation {

class worker;

class front : public std::enable_shared_from_this<front> {
public:
    front(surroundings& in, worker& home, session_id id, wire_pair by, std::uint32_t pid);

    void begin();
    template <class Event>
    void tell(Event&& e) {
        if (gone_) return;
        auto self = shared_from_this();
        const auto out = std::make_unique<session::actions>();
        machine_.on(std::forward<Event>(e), in_.time.now(), *out);
        carry_out(*out);
        for (auto& c : out->spent) give_back(std::move(c));
        adjust_reading();
    }

    void on_lease(const lender::backend_ptr& lent);
    void on_lease_delayed() { tell(session::lease_delayed{}); }
    void on_lease_refused(const session::lease_refused& why);
    void on_backend_bytes(bytes_view data) { tell(session::backend_bytes{data}); }
    void on_backend_closed() { tell(session::backend_closed{}); }
    std::uint64_t wanted_state() const { return machine_.wanted_settings(); }

    bool waits_for_cluster() const;
    bool uses_a_node() const { return lease_ || aside_ || asked_; }
    bool gone() const { return gone_; }
    const session::session& machine() const { return machine_; }
    session_id id() const { return id_; }

private:
    void carry_out(session::actions& out);
    void send_out(session::actions& out);
    void note_deadline(instant when);
    void release_lease(session::actions& out);
    void set_lease_aside();
    void take_lease_back(session::actions& out);
    void ask_around(session::actions& out);
    void identify();
    void give_back(std::unique_ptr<session::cycle> used);
    void adjust_reading();
    void read_client();
    void client_gone();
    void finish();

    surroundings& in_;
    worker& home_;
    const session_id id_;
    wire_pair wire_;
    session::session machine_;
    lender::backend_ptr lease_;
    lender::backend_ptr aside_;
    tenancy* tenant_ = nullptr;
    node_id asked_node_;
    instant deadline_ = never;
    std::uint32_t pid_;
    bytes secret_ = "secr";
    bytes unread_;
    bool end_unread_ = false;
    bool reading_ = false;
    bool asked_ = false;
    bool want_client_ = true;
    bool close_after_send_ = false;
    bool gone_ = false;
};

}  // namespace weir::simulation

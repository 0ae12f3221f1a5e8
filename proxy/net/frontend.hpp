// frontend: one client connection: its stream, its session, and the carrying out of what the session
// wants. Lives in one worker for its whole life. Idle it holds no buffer and no coroutine: a record and a
// read wait.
#pragma once

#include <memory>
#include <string>

#include "net/backend.hpp"
#include "net/sender.hpp"
#include "session/session.hpp"

namespace weir::net {

class worker;
struct tenant_pools;

class frontend final : public lease_user, public socket_user, public std::enable_shared_from_this<frontend> {
public:
    frontend(worker& home, session_id id, std::unique_ptr<stream> transport, std::string address,
             session::arrival how, std::uint32_t pid);
    ~frontend() override;

    /// Begins reading.
    void begin();
    void tell(const session::position_known& e);
    void tell(const session::cluster_changed& e);
    void tell(const session::time_passed& e);
    void tell(const session::drain_begun& e);
    void tell(const session::terminated& e);
    void tell(const session::host_name_known& e);
    void tell(session::secret_known e);
    void tell_console(session::console_answered answer);
    /// Somebody has shown the key of this client.
    void cancel(cancel_done done);
    /// This connection brought a cancel request, and nothing more will come of it.
    void on_cancel_dealt_with();

    void on_lease(std::shared_ptr<backend> lent) override;
    std::uint32_t client_pid() const override { return pid_; }
    std::uint64_t wanted_state() const override { return machine_.wanted_settings(); }
    void on_lease_delayed(bool held) override;
    void on_ask_again() override;
    void on_lease_refused(const session::lease_refused& why) override;
    void on_backend_bytes(bytes_view data) override;
    void on_backend_closed() override;
    void on_backend_drained() override;

    session_id id() const { return id_; }
    std::uint32_t pid() const { return pid_; }
    bool has_secret(bytes_view given) const;
    const session::session& machine() const { return machine_; }
    const std::string& address() const { return address_; }
    bool encrypted() const { return transport_ && transport_->encrypted(); }
    instant since() const { return since_; }
    instant deadline() const { return deadline_; }
    bool waits_for_cluster() const;
    /// It has a connection to a node, or has asked for one.
    bool uses_a_node() const { return lease_ || aside_ || asked_; }
    std::uint64_t ticket = 0;        // of the waiting room; 0: it has left that
    bool listed_as_waiting = false;  // by the worker, for the cluster to change
    bool gone() const { return transport_ == nullptr; }
    tenant_pools* tenant() const { return tenant_; }
    /// Ends it at once, whatever it does.
    void drop();
    /// It has been logging in for long, and another one waits for its place.
    void make_room();

private:
    template <class Event>
    void step(Event&& e);
    void carry_out(session::actions& out);
    void count_buffers();
    void send_out(session::actions& out);
    void release_lease(session::actions& out);
    void set_lease_aside();
    void take_lease_back(session::actions& out);
    void ask_around(session::actions& out);
    void note_node_fault(const fault& why);
    void note_refusal(const fault& why);
    void tell_of_stranger(const std::string& what);
    void identify();
    void identify_console();
    void make_secret();
    bool logs_connections() const;
    void start_tls();
    void go_on_with_handshake();
    void on_handshake(session::tls_established how, bool speaks_postgresql);
    bool begins_with_tls();
    void adjust_reading();
    bool waits_for_console() const;
    void read_client();
    void on_readable() override;
    void wait_writable();
    void on_writable() override;
    void client_gone();
    void finish();

    worker& home_;
    const session_id id_;
    std::unique_ptr<stream> transport_;
    session::session machine_;
    sender out_;
    std::shared_ptr<backend> lease_;
    std::shared_ptr<backend> aside_;  // kept while another one is talked to
    tenant_pools* tenant_ = nullptr;
    node_id asked_node_;  // where a lease was asked for
    std::string address_;
    instant since_;
    instant deadline_ = never;
    std::uint32_t pid_;
    std::size_t buffered_ = 0;  // as last counted
    bytes secret_;  // none before it is known who the client is
    bool asked_ = false;          // a lease was asked for and has not come
    bool reading_ = false;
    bool unread_ = false;   // something came before its turn: its socket tells no more until that is read
    bool writing_ = false;
    bool handshaking_ = false;
    bool tls_after_send_ = false;
    bool looked_at_ = false;   // its first byte
    bool direct_tls_ = false;  // which was that of a TLS handshake
    bool close_after_send_ = false;
    bool has_seat_ = false;  // is counted among its user's clients
    bool brought_cancel_ = false;  // stays open until that has been dealt with (FACTS 22)
    bool want_client_ = false;
};

}  // namespace weir::net

// backend: one connection to a node: its stream, its link, and who uses it now. Reads what comes and
// hands it to its user, or works off a clean-up on its own. Lives in one worker at a time.
#pragma once

#include <memory>
#include <vector>

#include "net/cancel_delivery.hpp"
#include "net/node_login.hpp"
#include "net/sender.hpp"
#include "pool/pool.hpp"
#include "session/actions.hpp"

namespace weir::net {

class backend;
class lease_desk;
struct tenant_pools;

/// Who holds a lease, or waits for one. All calls come on the worker's thread.
class lease_user {
public:
    virtual ~lease_user() = default;
    virtual void on_lease(std::shared_ptr<backend> lent) = 0;
    /// None is free now; held: none is lent for as long as an operator says so.
    virtual void on_lease_delayed(bool held) = 0;
    /// None will come: what was asked for is to be thought over.
    virtual void on_ask_again() = 0;
    /// As the client was told it.
    virtual std::uint32_t client_pid() const = 0;
    /// The settings it wants to find on the connection, as a number.
    virtual std::uint64_t wanted_state() const = 0;
    virtual void on_lease_refused(const session::lease_refused& why) = 0;
    virtual void on_backend_bytes(bytes_view data) = 0;
    virtual void on_backend_closed() = 0;
    /// What did not fit the socket has been sent.
    virtual void on_backend_drained() = 0;
};

/// Cancel requests for one connection. One is on its way at a time; those that come meanwhile share the
/// next one, so that a storm of them is one connection to the node.
struct cancelling {
    bool again = false;
    std::vector<cancel_done> waiting;        // for the one on its way
    std::vector<cancel_done> waiting_again;  // for the one after it
};

class backend final : public socket_user, public std::enable_shared_from_this<backend> {
public:
    enum class state : std::uint8_t { idle, lent, cleaning, moving, closed };

    backend(backend_id id, node_connection made, instant opened);

    /// Lives in the worker of this desk from now on. False: the system does not take it (epoll_ctl(2)).
    bool settle(lease_desk& desk, poller& in);
    /// Begins (or goes on) reading unless a wait is outstanding.
    void read();
    /// Sends; what does not fit is kept, and the user is told when it is gone. False: the node is gone.
    bool send(const session::outbox& what);
    void close();
    /// Nothing of this worker will touch it any more: it may be moved to another thread.
    void leave();

    const backend_id id;
    const instant opened;
    std::unique_ptr<stream> transport;
    session::backend_link link;
    std::uint32_t pid;
    bytes secret;
    state now = state::idle;
    lease_user* user = nullptr;     // while lent
    tenant_pools* owner = nullptr;  // whose pool it belongs to, in this worker
    node_id node;
    std::unique_ptr<cancelling> cancel;  // null: none is on its way
    bool may_be_hit_late = false;   // one was sent, and its end not seen: never lent again
    bool was_cancelled = false;     // since it was lent: one more exchange before it is lent again
    bool counted_lent = false;      // by its pool
    bool paused = false;            // its user cannot take more just now
    sender out;

private:
    void on_readable() override;
    void on_writable() override;
    void wait_writable();

    lease_desk* desk_ = nullptr;
    bool reading_ = false;
    bool writing_ = false;
    bool* has_left_ = nullptr;  // set for who reads while it is handed over
};

}  // namespace weir::net

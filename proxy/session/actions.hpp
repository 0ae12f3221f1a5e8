// What the shell tells a session (events) and what the session wants done (actions). The session never
// touches a socket or a clock: these values are all that passes between them.
#pragma once

#include <optional>
#include <string>

#include "base/fault.hpp"
#include "base/instant.hpp"
#include "base/strong_id.hpp"
#include "cluster/position.hpp"
#include "query/catalog_view.hpp"
#include "session/arrival.hpp"
#include "session/backend_link.hpp"
#include "session/console_talk.hpp"
#include "session/cycle.hpp"
#include "session/identity.hpp"
#include "session/outbox.hpp"
#include "session/user_secret.hpp"
#include "wire/startup.hpp"

namespace weir::session {

class traffic;
struct cluster_view;

// ---- events ----
struct client_bytes {
    bytes_view data;
};
struct client_closed {};
/// Of the client's address, confirmed by the addresses that it stands for; empty: there is none.
struct host_name_known {
    std::string name;
};
/// What a node knows of the user; nothing: there is no such user.
struct secret_known {
    std::optional<user_secret> secret = {};
    std::optional<fault> trouble = {};  // no node could be asked
};
/// The shell has found the pools of this identity. welcome: parameters of a backend of that pool, or null
/// where none was opened yet. counters outlive the session.
struct identified {
    const parameter_map* welcome;
    std::uint32_t pid;
    bytes_view secret;   // of the cancel key; stays as long as the session
    traffic* counters;   // null for the console
    cluster_view* view;  // null for the console
    std::string_view address = {};  // of the client, for rules; stays as long as the session
    /// search_path that connections of the pool start with, once one was opened; outlives the session.
    const std::optional<std::string>* search_path = nullptr;
    std::shared_ptr<query::catalog_view> catalog = nullptr;  // of the database
};
/// There are no pools for this identity (no such database).
struct identity_refused {
    fault why;
};
struct lease_granted {
    backend_link* link;  // valid until the session gives it back or is told backend_closed
    node_id node;
    bool replica;
};
/// The lease that was asked for is not free now: it will be granted, or refused, later.
struct lease_delayed {
    bool held = false;  // by a pause: nobody can say when
};
/// The lease that was asked for will not come: a pause has begun or ended, or the node's role has moved. The
/// session decides anew where it wants to go.
struct ask_again {};
struct lease_refused {
    fault why;
    bool unreachable;  // the node could not be reached: another one, or the same later, may do
};
struct backend_bytes {
    bytes_view data;
};
struct backend_closed {};
struct position_known {
    std::uint32_t ticket;
    std::optional<cluster::position> at;
};
struct cluster_changed {};
struct time_passed {};
struct cancel_requested {};
/// The operator ends this session, or Weir does for its own sake.
struct terminated {
    fault why{sqlstate::admin_shutdown, "terminating connection due to administrator command"};
};
/// Weir is going down: a session without work ends now, others when their transaction does.
struct drain_begun {};
struct console_answered {
    bytes reply;  // whole messages, ReadyForQuery not included
    bool failed = false;  // one of them is an ErrorResponse
    bool more = false;    // the rest comes later
};

// ---- actions ----
struct cancel_target {
    std::uint32_t pid;
    bytes secret;
};

struct actions {
    outbox client;
    outbox backend;  // for the lease held when the event came, or that it granted
    std::optional<give_back> release;        // of that lease
    bool take_back = false;                  // the lease that was set aside, once `release` is done:
                                             // `backend` is for it then
    bool set_aside = false;                  // the lease is kept, and not the one that is talked to
    std::optional<give_back> release_aside;  // of the one set aside
    std::optional<node_id> take_lease;       // asked for after `release` is carried out
    bool drop_request = false;               // the lease asked for before is not wanted any more
    bool start_tls = false;                  // after `client` has been sent
    bool look_up_host = false;               // answered by host_name_known
    bool look_up_secret = false;             // of claimed().user; answered by secret_known
    bool identify = false;                   // identity() is set: find its pools
    bool close_client = false;               // after `client` has been sent
    bool cancel_backend = false;             // send a cancel request for the lease's connection
    std::optional<fault> node_fault;         // the lease's node does not keep to the protocol; for the log
    std::optional<fault> refused;            // why it was not let in, for the log
    std::optional<cancel_target> cancel;     // this connection was a CancelRequest: closed once dealt with
    std::optional<std::vector<console_step>> console;  // for the console
    bool cancel_console = false;             // nobody waits for its answer any more
    std::optional<std::uint32_t> ask_position;  // a ticket
    node_id probe = {};                      // look at this node now
    node_id conflict = {};                   // the replay of this one has cancelled a read
    bytes_view backend_rest;                 // bytes of backend_bytes that came behind `release`
    instant deadline = never;                // call again with time_passed then
    bool want_client = false;                // more client bytes are wanted now

    // Not actions: what the outboxes may have borrowed from, kept until they have been sent.
    std::vector<std::unique_ptr<cycle>> spent;  // go back to the worker's cycle_pool
    bytes input;

    void clear() {
        client.clear();
        backend.clear();
        release.reset();
        release_aside.reset();
        take_back = set_aside = cancel_console = false;
        take_lease.reset();
        drop_request = start_tls = look_up_host = look_up_secret = identify = close_client = cancel_backend = want_client = false;
        cancel.reset();
        refused.reset();
        node_fault.reset();
        console.reset();
        ask_position.reset();
        probe = conflict = {};
        backend_rest = {};
        deadline = never;
    }
};

}  // namespace weir::session

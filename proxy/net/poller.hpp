// poller: the sockets of one worker's sessions, in an edge-triggered epoll set of their own that stands in
// Asio's reactor (docs/adr/0004). A wait costs no system call; timers, other threads and dialogs stay with Asio.
// All calls on the thread of the io_context.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "base/instant.hpp"

namespace weir::net {

/// Who is told that a wait is over. A wait is told of once. Both may destroy the stream.
class socket_user {
public:
    virtual void on_readable() = 0;
    virtual void on_writable() = 0;

protected:
    ~socket_user() = default;
};

/// What is known of one descriptor. readable and writable hold until a call has said that it is not so: an
/// edge-triggered set does not tell again.
struct watched_socket {
    int fd = -1;
    socket_user* user = nullptr;
    bool readable = false;  // being added, a descriptor is looked at
    bool writable = true;
    bool hung_up = false;     // the end of the bytes has come: no edge will tell of it again
    bool wants_read = false;  // a wait of the user's
    bool wants_write = false;
    bool read_by_write = false;  // TLS: reading goes on when the descriptor can be written
    bool write_by_read = false;
    bool told_when_writable = false;  // the set tells of it
    bool listed = false;              // is to be served without an event
};

class poller {
public:
    poller();
    ~poller();
    poller(const poller&) = delete;
    poller& operator=(const poller&) = delete;

    /// Events are dealt with in this io_context's run() from now on. It must end before this poller does.
    void stand_in(boost::asio::io_context& io);

    /// False: the system has no room for one more (epoll_ctl(2)).
    bool add(watched_socket& what);
    /// Nothing is told of it any more. Before its descriptor is closed, which may be open elsewhere as well.
    void remove(watched_socket& what);
    /// It wants to be told, as its wants_ say.
    void wait(watched_socket& what);

    /// Time of the events that are being dealt with; else the time of this moment.
    instant now() const { return in_turn_ ? turn_began_ : std::chrono::steady_clock::now(); }

private:
    static constexpr int events_at_once = 128;
    class standing;

    void turn();
    void take(std::uint32_t events, watched_socket& what);
    void serve(watched_socket& what);
    void serve_listed();
    void watch_writing(watched_socket& what, bool on);

    const int set_;
    boost::asio::io_context* io_ = nullptr;
    std::unique_ptr<standing> operation_;
    std::array<epoll_event, events_at_once> events_;
    int got_ = 0;  // of events_
    int at_ = 0;   // the one that is being dealt with
    watched_socket* serving_ = nullptr;
    std::vector<watched_socket*> listed_;  // null: removed meanwhile
    bool will_serve_ = false;
    bool in_turn_ = false;
    instant turn_began_{};
};

}  // namespace weir::net

// handover: one Weir takes the place of another on the same machine, over a Unix socket: it is given the
// listening sockets, and from when it accepts the other takes in nobody new. Cancel requests for clients that are
// still with the other are passed on to it. No connection is refused in between: the sockets never close.
//
// The old one listens. What is said, by lines: "weir 1 COUNT own" (or "kept": systemd keeps the files of Unix sockets),
// with the sockets (SCM_RIGHTS), or "no REASON"; "ready" back, once the new one accepts; "cancel NUMBER PID HEX",
// answered "done NUMBER" when it has been dealt with.
#pragma once

#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/fault.hpp"
#include "net/cancel_delivery.hpp"
#include "net/passed_sockets.hpp"

namespace weir::net {

/// The new one's side: the Weir that is there already. Used on the io_context's one thread.
class predecessor : public std::enable_shared_from_this<predecessor> {
public:
    /// Null: nobody answers at this path. Waits for the sockets, a few seconds at most. A fault: somebody is
    /// there who gives none, and goes on as it was.
    static result<std::shared_ptr<predecessor>> find(boost::asio::io_context& io, const std::string& path);

    passed_sockets take_sockets();
    bool is_there() const { return socket_.is_open(); }
    /// This process accepts now.
    void relieve();
    void pass_on(const cancel_key& key, cancel_done done);

private:
    using socket = boost::asio::local::stream_protocol::socket;

    predecessor(boost::asio::io_context& io, socket connected) : io_(io), socket_(std::move(connected)) {}
    result<void> receive_sockets();
    static boost::asio::awaitable<void> listen(std::shared_ptr<predecessor> self);
    bool say(const std::string& line);
    void is_dealt_with(std::uint64_t number);
    void has_gone();

    boost::asio::io_context& io_;
    socket socket_;
    bool kept_ = false;
    std::vector<int> sockets_;
    std::map<std::uint64_t, cancel_done> asked_;
    std::uint64_t numbers_ = 0;
};

/// The old one's side. Lives on the io_context's one thread.
class handover_desk {
public:
    struct duties {
        std::function<std::vector<int>()> sockets;  // that are listened on
        std::function<std::string()> objection;     // why nobody may take them now; empty: may
        bool kept;                                  // systemd keeps the files of Unix sockets
        std::function<void(pid_t by)> relieved;
        std::function<void(cancel_key, cancel_done)> cancel;
    };

    handover_desk(boost::asio::io_context& io, std::string path, duties does);
    ~handover_desk();
    handover_desk(const handover_desk&) = delete;
    handover_desk& operator=(const handover_desk&) = delete;

    /// In the place of whoever listened there before.
    result<void> open();

private:
    struct machinery;
    std::shared_ptr<machinery> machinery_;  // shared with the connections
};

}  // namespace weir::net

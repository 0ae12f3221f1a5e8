// peers: passes a cancel request on to the Weir that told the client its key. Lives on one io_context's
// thread; knows nothing of sessions.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "config/config.hpp"
#include "net/cancel_delivery.hpp"
#include "status/report.hpp"

namespace weir::net {

class peers {
public:
    explicit peers(boost::asio::io_context& io);
    ~peers();
    peers(const peers&) = delete;
    peers& operator=(const peers&) = delete;

    /// Requests under way go on to where they were going.
    void use(const std::vector<config::peer_settings>& known);

    /// Each peer has room for some requests at a time, and each request has cancel_within; what finds no
    /// room is dropped.
    ///
    /// It cannot go in circles: a Weir keeps the connection that a request came by open until it has
    /// been dealt with. So where wrong addresses bring one back to a Weir that passes it on, it finds
    /// itself still under way there, and is dropped.
    void pass_on(unsigned peer, cancel_key key, cancel_done done);

    const status::peer_totals& totals() const { return totals_; }

private:
    class peer;

    boost::asio::awaitable<delivery> carry(std::shared_ptr<peer> to, cancel_key key);
    void finish(const std::shared_ptr<peer>& to, const cancel_key& key, delivery outcome);
    void complain(const peer& about, const char* what);

    boost::asio::io_context& io_;
    std::map<unsigned, std::shared_ptr<peer>> peers_;
    std::set<cancel_key> under_way_;
    status::peer_totals totals_;
    instant next_word_ = instant::min();
};

}  // namespace weir::net

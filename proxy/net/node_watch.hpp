// node_watch: probes one node for ever: when the next probe is due, how it went. One coroutine of
// the prober's thread per node, so that no node waits for another.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>

#include "cluster/probe.hpp"
#include "net/name_lookup.hpp"
#include "net/probe_connection.hpp"

namespace weir::net {

/// A node as the prober reaches it: its connection string, its name looked up, its deadline.
class node_link {
public:
    node_link(boost::asio::io_context& io, config::node_settings node, probe_login login);

    /// Asks on the open connection, or on a new one. `sent` is when the question went out.
    boost::asio::awaitable<cluster::probe_result> probe();
    /// What a primary's timeline descends from, asked once for each: the probe user must be allowed to replicate.
    boost::asio::awaitable<void> add_history(cluster::probe_result& to);
    /// All that was written so far is flushed, where the connection is open: replicas can reach it then.
    boost::asio::awaitable<void> flush();
    void close() { connection_.close(); }
    bool timed_out() const { return connection_.timed_out(); }
    bool is_open() const { return connection_.is_open(); }

private:
    boost::asio::awaitable<std::string> open(instant deadline);
    boost::asio::awaitable<std::string> find_parameters(connection_parameters& into, instant deadline);
    boost::asio::awaitable<void> ask_history(std::uint32_t timeline);

    boost::asio::io_context& io_;
    config::node_settings node_;
    probe_login login_;
    name_lookup lookup_;
    probe_connection connection_;
    std::uint32_t asked_of_ = 1;  // nothing comes before the first
    std::shared_ptr<const cluster::timeline_history> history_;
};

struct watch_pace {
    milliseconds interval{100};
    milliseconds slowest{1000};  // back-off of a failing node
};

class node_watch {
public:
    using report_function = std::function<void(const cluster::probe_result&)>;
    /// `link` and `report` belong to this watch alone.
    node_watch(boost::asio::io_context& io, std::unique_ptr<node_link> link, watch_pace pace,
               report_function report);

    /// Never ends by itself.
    boost::asio::awaitable<void> run();

    // On the prober's thread.
    /// Probe as soon as it makes sense.
    void kick();
    void use_interval(milliseconds interval) { pace_.interval = interval; }
    /// No probe while this is so; the connection is closed.
    void rest(bool is_to);
    /// A session waits for this replica to reach `wanted`; probe fast until
    /// it has, or until `deadline`.
    void hurry(const cluster::position& wanted, instant deadline);

private:
    boost::asio::awaitable<void> pause();
    instant due() const;
    bool is_awaited(instant now) const;
    milliseconds patience() const;

    std::unique_ptr<node_link> link_;
    watch_pace pace_;
    report_function report_;
    boost::asio::steady_timer timer_;
    bool resting_ = false;
    bool kicked_ = false;
    instant sent_ = instant::min();
    int failures_ = 0;
    bool lost_ = false;  // an open connection broke: worth another try at once
    std::optional<cluster::probe_answer> last_;
    std::optional<cluster::position> wanted_;
    instant hurry_until_ = instant::min();
    int hurried_ = 0;  // fast probes since the wish
};

}  // namespace weir::net

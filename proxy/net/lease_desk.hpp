// lease_desk: one worker's backend connections: opens them, lends them, cleans them, moves idle ones to
// workers that starve. The bookkeeping is pool's; this is its hands.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/histogram.hpp"
#include "base/repeated_word.hpp"
#include "net/backend.hpp"
#include "net/cluster_hub.hpp"
#include "net/deadline_guard.hpp"
#include "pool/holds.hpp"
#include "pool/ledger.hpp"
#include "pool/pool.hpp"
#include "session/traffic.hpp"

namespace weir::net {

/// One tenant in one worker: its pools by node, what logs in, what its clients are told.
struct tenant_pools {
    pool::tenant whose;
    std::string client_database;  // as clients say it
    std::shared_ptr<cluster_hub> hub;
    std::vector<std::unique_ptr<pool::pool>> by_node;
    node_credentials credentials;
    std::shared_ptr<const session::parameter_map> welcome;
    std::optional<std::string> start_path;  // search_path that its connections start with
    session::traffic counters;
    std::size_t clients = 0;
    std::map<node_id, repeated_word> no_connection;  // to the log
};

struct desk_settings {
    pool::pool_limits limits;
    pool::pool_bounds bounds;
    milliseconds login_timeout{10000};
    config::node_tls tls = config::node_tls::prefer;
    std::shared_ptr<tls_context> tls_with;
    std::function<bytes(std::size_t)> random;
};

class lease_desk {
public:
    /// spread: makes another worker's desk run give_to_starving() for this pool (thread-safe).
    using spread_function = std::function<void(const pool::pool_key&)>;
    /// move: brings a connection to the worker with this number (thread-safe).
    using move_function = std::function<void(unsigned worker, std::shared_ptr<backend>, pool::pool_key)>;

    lease_desk(boost::asio::io_context& io, poller& sockets, unsigned worker, pool::ledger& books,
               std::vector<char>& read_buffer, spread_function spread, move_function move);

    void use(desk_settings settings);
    tenant_pools& find_tenant(const pool::tenant& whose, std::shared_ptr<cluster_hub> hub,
                              const std::string& client_database);

    void request(tenant_pools& of, node_id node, session_id who, lease_user& user, instant now);
    void withdraw(tenant_pools& of, node_id node, session_id who);
    /// rest: reply bytes that were read but not used by the session.
    void release(std::shared_ptr<backend> what, const session::give_back& how, bytes_view rest);
    /// Asks the node to cancel what runs there; the connection is lent again only after that.
    void cancel(const std::shared_ptr<backend>& what);
    /// done: when what was asked so far has been dealt with; at once where nothing was.
    void when_cancelled(const std::shared_ptr<backend>& what, cancel_done done);

    void on_bytes(backend& from, bytes_view data);
    void on_gone(backend& which);
    void on_drained(backend& which);
    std::vector<char>& read_buffer() { return read_buffer_; }

    /// Deadlines of queues and connections.
    void tick(instant now);
    /// Closes idle connections of nodes that are not what they were.
    void close_idle_of(const cluster_hub& hub, node_id node);

    // lease_desk_holds.cpp: what an operator has paused or drained lends nothing
    using pool_filter = std::function<bool(const tenant_pools&, node_id)>;
    /// Those who wait are told to ask again, in the order in which they came: what is paused takes them into
    /// its queue, however long that lasts.
    void use_holds(std::shared_ptr<const pool::holds> paused);
    /// Takes over which nodes are drained. Who waits for a drained node that is not the primary asks again.
    void note_nodes(const cluster_hub& hub, const cluster::snapshot& known);
    /// How many connections sessions hold, those that are being cleaned included.
    std::size_t lent(const pool_filter& of) const;

    /// From other workers.
    void give_to_starving(const pool::pool_key& key);
    void take_in(std::shared_ptr<backend> moved, const pool::pool_key& key);

    template <class Visitor>
    void for_each_tenant(Visitor visit) {
        for (const auto& [key, t] : tenants_) visit(*t);
    }
    template <class Visitor>
    void for_each_backend(Visitor visit) {
        for (const auto& [id, b] : backends_) visit(*b);
    }
    std::size_t open_connections() const { return backends_.size(); }
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    histogram queue_waits;

private:
    struct waiting_user {
        lease_user* user;
        instant since;
    };

    pool::pool& pool_of(tenant_pools& t, node_id node);
    void open(tenant_pools& t, node_id node);
    void on_opened(tenant_pools& t, node_id node, node_login_outcome outcome);
    void lend(const std::shared_ptr<backend>& b, session_id who);
    void place(const std::shared_ptr<backend>& b, const pool::placement& where);
    void hand_over(std::shared_ptr<backend> b);
    void clean(const std::shared_ptr<backend>& b, const session::give_back& how, bytes_view rest);
    void freed(const std::shared_ptr<backend>& b);
    void drop(backend& b);
    void refuse(session_id who, const session::lease_refused& why);
    bool is_held(const tenant_pools& t, node_id node) const;
    void apply_holds(const pool_filter& also_asks_again);
    void let_ask_again(std::vector<session_id> waiting);
    void send_cancel(const std::shared_ptr<backend>& what);
    void on_cancel_over(const std::shared_ptr<backend>& what, delivery outcome);

    boost::asio::io_context& io_;
    poller& sockets_;
    unsigned worker_;
    pool::ledger& books_;
    std::vector<char>& read_buffer_;
    spread_function spread_;
    move_function move_;
    desk_settings settings_;
    std::map<pool::tenant, std::unique_ptr<tenant_pools>> tenants_;
    std::unordered_map<backend_id, std::shared_ptr<backend>> backends_;
    std::unordered_map<session_id, waiting_user> waiting_;
    std::shared_ptr<const pool::holds> paused_ = std::make_shared<pool::holds>();
    std::set<std::pair<const cluster_hub*, node_id>> drained_;
};

}  // namespace weir::net

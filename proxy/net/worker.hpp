// worker: one thread, one io_context, its own sessions and backend connections. Other threads reach it
// only through post().
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/client_pid.hpp"
#include "net/buffer_budget.hpp"
#include "net/catalog_desk.hpp"
#include "net/door_desk.hpp"
#include "net/frontend.hpp"
#include "net/lease_desk.hpp"
#include "net/log_gate.hpp"
#include "net/mailbox.hpp"
#include "net/secret_desk.hpp"
#include "session/environment.hpp"
#include "status/admin_port.hpp"
#include "status/report.hpp"

namespace weir::net {

/// What all workers share: thread-safe by itself.
class shared_services {
public:
    virtual ~shared_services() = default;
    virtual pool::ledger& books() = 0;
    virtual buffer_budget& buffers() = 0;
    virtual door_desk& door() = 0;
    /// Answers on another thread.
    virtual void ask_secret(std::size_t hub, std::string user, secret_desk::answer_function answer) = 0;
    virtual void doubt_secret(std::string user) = 0;
    virtual void spread(unsigned from, const pool::pool_key& key) = 0;
    virtual void move(unsigned to, std::shared_ptr<backend> what, const pool::pool_key& key) = 0;
    virtual void cancel(cancel_key key, cancel_done done) = 0;
    virtual void client_ended() = 0;
    /// Of a database that this worker has not asked for before.
    virtual catalog_desk::subscription want_catalog(std::size_t hub, const std::shared_ptr<cluster_hub>& of,
                                                    const std::string& database) = 0;
    /// Answers through worker::post on the worker that asks.
    virtual void console(unsigned from, session_id who, std::uint32_t pid, std::vector<session::console_step> steps,
                         status::console_right has) = 0;
    /// What this client has asked the console is not waited for any more.
    virtual void cancel_console(unsigned from, session_id who, std::uint32_t pid) = 0;
};

/// Whose connections an operator has held: those of a database, or those to nodes of clusters.
struct hold_scope {
    bool all = false;
    std::optional<pool::database_at> database;
    std::vector<std::pair<std::size_t, node_id>> nodes;  // the first: which of worker_settings::hubs
};

/// A connected descriptor that nobody waits on, and who it is.
struct newcomer {
    int fd = -1;
    int family = 0;
    std::string address;
    bool over_limit = false;
    std::uint64_t ticket = 0;  // of the waiting room
};

/// What a reload hands to every worker.
struct worker_settings {
    std::shared_ptr<const session::policy> policy;
    desk_settings desk;
    std::shared_ptr<tls_context> client_tls;  // null: off
    std::vector<std::shared_ptr<cluster_hub>> hubs;
    std::vector<config::database_settings> databases;
    std::size_t parse_limit_bytes = 64 * 1024;
    std::size_t verdict_cache_bytes = 8 << 20;
};

class worker {
public:
    worker(unsigned number, const pid_layout& pids, shared_services& services,
           worker_settings settings);
    ~worker();

    void start();
    void stop();  // ends the thread and joins
    template <class Function>
    void post(Function f) {
        boost::asio::post(io_, std::move(f));
    }

    // ---- from any thread ----
    void adopt(newcomer who);
    /// Whoever logs in with this ticket has to make room.
    void turn_away(std::uint64_t ticket);
    void use(worker_settings settings);
    void on_cluster(std::size_t hub, cluster::snapshot_ptr known);
    void on_catalog(std::size_t hub, const std::string& database, known_catalog known);
    void begin_drain();
    void forget_learned();
    void forget_digests();
    void use_holds(std::shared_ptr<const pool::holds> paused);
    std::size_t clients() const { return clients_.load(std::memory_order_relaxed); }
    boost::asio::io_context& io() { return io_; }

    // ---- on its own thread ----
    const worker_settings& settings() const { return settings_; }
    session::environment& environment() { return environment_; }
    lease_desk& desk() { return desk_; }
    poller& sockets() { return sockets_; }
    std::vector<char>& read_buffer() { return read_buffer_; }
    /// An actions value nobody uses; give it back when it has been carried out.
    session::actions& borrow_actions();
    void return_actions(session::actions& used);
    void ended(frontend& f);
    /// It has logged in, or gone.
    void leave_waiting_room(frontend& f);
    door_desk& door() { return services_.door(); }
    void look_up_secret(frontend& f);
    void look_up_host(frontend& f);
    void note_deadline(frontend& f, instant before, instant after);
    void note_waiting_for_cluster(frontend& f);
    void note_buffered(std::int64_t more) {
        untold_buffers_ += more;
        if (untold_buffers_ < tell_buffers_of && untold_buffers_ > -tell_buffers_of) return;
        services_.buffers().add(std::exchange(untold_buffers_, 0));
    }
    bool buffers_are_full() const { return services_.buffers().is_exceeded(); }
    void ask_position(frontend& f, std::uint32_t ticket);
    void probe(frontend& f, node_id node);
    /// `from` is told when it has been dealt with.
    void cancel_at(frontend& from, const session::cancel_target& target);
    void console(frontend& f, std::vector<session::console_step> steps);
    void cancel_console(frontend& f);
    /// How many connections sessions hold of these; more than none as well where a node that is to be drained
    /// is not known to be yet.
    std::size_t lent(const hold_scope& of);
    /// Ends clients, as the operator wants it: those of a database, or the one with this pid. How many.
    std::size_t end_clients(const pool::database_at& of);
    std::size_t end_client(std::uint32_t slot, std::uint32_t pid);
    /// The pools and the view for an identity; null with the reason where there are none.
    tenant_pools* find_tenant(const session::identity& who, fault& why);
    session::cluster_view& view_of(const tenant_pools& t);
    std::shared_ptr<query::catalog_view> catalog_of(const tenant_pools& t);
    void on_cancel(std::uint32_t slot, bytes_view secret, cancel_done done);
    void on_console_reply(session_id who, std::uint32_t pid, session::console_answered answer);
    unsigned number() const { return number_; }
    void report_into(status::report& to, status::extent with, instant at);
    /// EXPLAIN ROUTE for somebody who is not connected.
    result<status::table> explain(const std::string& statement, const std::string& user, const std::string& database);
    instant now() const { return sockets_.now(); }

    std::uint64_t logins_refused = 0;
    log_gate strangers;  // lines about those who are not let in
    log_gate slow_ones;  // ... about slow statements
    log_gate broken_nodes;  // ... about nodes that do not keep to the protocol
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;

private:
    static constexpr std::int64_t tell_buffers_of = 64 * 1024;  // a line of cache that all workers write

    struct hub_state {
        session::cluster_view view;
        std::vector<std::pair<std::weak_ptr<frontend>, std::uint32_t>> asking;  // not yet sent
        std::vector<std::pair<std::weak_ptr<frontend>, std::uint32_t>> answered_next;  // by the question in flight
        bool asked = false;
    };

    struct catalog_state {
        std::shared_ptr<query::catalog_view> view;  // held by its sessions, too
        catalog_watch* watch = nullptr;
    };

    void run();
    void tick();
    void tick_at(instant when);
    void tell_those_who_wait();
    void tell_those_who_use(std::size_t hub);
    void note_catalogs_in_use();
    void send_question(std::size_t hub);
    void on_position(std::size_t hub, std::optional<cluster::position> at);
    std::size_t hub_index(const tenant_pools& t) const;
    std::size_t hub_for(const std::string& database) const;
    std::shared_ptr<query::catalog_view> catalog_at(std::size_t hub, const std::string& database);
    std::string password_of(const config::database_settings& database) const;

    const unsigned number_;
    const pid_layout pids_;
    shared_services& services_;
    worker_settings settings_;
    poller sockets_;  // before what ends with the streams that are in it
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    boost::asio::steady_timer ticker_;
    instant next_tick_ = never;
    std::vector<char> read_buffer_;
    query::verdict_cache verdicts_;
    session::statement_store statements_;
    session::settings_store carried_;
    session::parameter_store parameters_;
    session::cycle_pool cycles_;
    session::proved_parses proved_;
    session::learned_set learned_;
    session::environment environment_;
    std::deque<session::actions> actions_;
    std::size_t actions_in_use_ = 0;
    std::deque<hub_state> hubs_;  // sessions look into them
    std::map<std::pair<std::size_t, std::string>, catalog_state> catalogs_;
    lease_desk desk_;
    std::vector<std::shared_ptr<frontend>> frontends_;  // by session_id
    std::vector<std::uint32_t> free_slots_;
    std::unordered_map<std::uint64_t, std::uint32_t> logging_in_;  // ticket -> slot
    std::set<std::pair<instant, std::uint32_t>> deadlines_;
    std::vector<std::uint32_t> waiting_for_cluster_;  // the first one first
    std::atomic<std::size_t> clients_{0};
    std::uint64_t cancels_ = 0;
    std::uint64_t cancels_dropped_ = 0;
    std::int64_t untold_buffers_ = 0;
    bool draining_ = false;
    const std::shared_ptr<mailbox> mailbox_ = std::make_shared<mailbox>(io_);
    std::thread thread_;
};

}  // namespace weir::net

// node: a small model of one PostgreSQL server: its log and what of it is flushed, visible and told, replication from
// its upstream, crash and restart, promotion with a new timeline. Its connections are servers.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cluster/probe.hpp"
#include "simulation/chronicle.hpp"
#include "simulation/dice.hpp"
#include "simulation/pipe.hpp"
#include "simulation/schedule.hpp"

namespace weir::simulation {

class server;

/// What all parts of one world share.
struct surroundings {
    schedule time;
    dice chances;
    journal log;
    chronicle truth;

    surroundings(std::uint64_t seed, bool shown) : chances(seed), log(time, shown), truth(log) {}
};

class node {
public:
    node(surroundings& in, node_id number);
    node(const node&) = delete;

    // ---- what it is ----
    const node_id id;
    const std::string name;
    bool alive() const { return alive_; }
    bool in_recovery() const { return in_recovery_; }
    std::uint32_t timeline() const { return timeline_; }
    std::int64_t started_at_us() const { return started_at_us_; }
    bool answers() const { return alive_ && !hung && !cut_off; }
    bool is_starting() const { return in_.time.now() < ready_at_; }
    const std::vector<record_ptr>& log() const { return log_; }
    std::size_t flushed() const { return flushed_; }
    std::size_t visible() const { return visible_; }
    state_of_data state() const { return state_at(visible_); }
    state_of_data state_at(std::size_t count) const;
    /// The value of a key in a state.
    std::string value_at(std::size_t count, int key) const;
    lsn replayed() const { return end_of(told_); }
    cluster::probe_answer probe() const;

    // ---- what happens to it ----
    bool hung = false;     // nothing of it goes on
    bool cut_off = false;  // Weir does not reach it, other nodes do
    duration slowest_replay = std::chrono::milliseconds(2);
    unsigned conflicts_per_cent = 0;  // of reads that replay cancels
    unsigned asynchronous_per_cent = 0;
    std::function<void()> on_transaction;  // one was given an id: its COMMIT is about to come

    void become_primary();
    void follow(node& primary);
    void crash();
    /// Goes down after it has sent all to this one.
    void shut_down(node* successor);
    void start();
    /// Its log is that of `primary` as far as they agree, and it follows it from there (pg_rewind).
    void rejoin(node& primary);
    void promote(std::uint32_t to_timeline);
    void wait_for(node* standby);
    node* standby() const { return standby_; }
    /// It has all that was there when it began to be waited for: whatever was acknowledged is there.
    bool is_synchronous(const node& standby) const {
        return standby_ == &standby && standby.upstream_ == this && standby.log_.size() >= waits_since_;
    }
    node* upstream() const { return upstream_; }
    void go_on();

    // ---- what connections do ----
    std::shared_ptr<server> connect(wire_pair by);
    /// transaction: its id, where it was asked for before; else 0.
    void commit(std::vector<change> changes, std::uint64_t transaction, std::function<void()> done);
    /// An id for this transaction, the first WAL of which is written now.
    std::uint64_t begin_transaction(std::weak_ptr<server> by);
    /// As pg_xact_status() says it; nothing: the id is one of the future.
    std::optional<std::string> status_of(std::uint64_t transaction) const;
    lsn inserted() const { return end_of(log_.size()); }
    void note_something();
    void flush();
    const std::vector<std::weak_ptr<server>>& connections() const { return connections_; }

private:
    struct waiting_commit {
        std::size_t count;
        std::function<void()> done;
    };

    lsn end_of(std::size_t count) const;
    void append(std::vector<change> changes, std::uint64_t transaction = 0);
    void go_on_counting();
    void flushed_more();
    void release_until(std::size_t count);
    void receive();
    void acknowledge();
    void replay();
    void tear_connections();
    void end_connections();

    surroundings& in_;
    bool alive_ = true;
    bool in_recovery_ = true;
    std::uint32_t timeline_ = 1;
    std::int64_t started_at_us_;
    instant ready_at_ = instant::min();
    std::vector<record_ptr> log_;
    std::size_t flushed_ = 0;
    std::size_t visible_ = 0;
    std::size_t told_ = 0;  // replica: of what is visible, what its position covers
    node* upstream_ = nullptr;
    std::vector<node*> followers_;
    node* standby_ = nullptr;
    std::size_t waits_since_ = 0;  // for it: the records before that
    std::deque<waiting_commit> waiting_;
    std::uint64_t next_transaction_ = 700;
    std::map<std::uint64_t, std::weak_ptr<server>> running_;  // transactions that were given an id
    std::uint64_t life_ = 0;    // what was begun before a crash or a change of upstream ends there
    bool receiving_ = false;
    bool replaying_ = false;
    std::vector<std::weak_ptr<server>> connections_;
};

}  // namespace weir::simulation

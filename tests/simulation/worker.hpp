// worker: what a worker of net lends its sessions, around the real session code, in simulated time; and gateway, the
// whole simulated Weir: its workers, their common books and the one who watches the nodes.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "session/environment.hpp"
#include "simulation/front.hpp"
#include "simulation/lender.hpp"
#include "simulation/watcher.hpp"

namespace weir::simulation {

class gateway;

class worker {
public:
    worker(surroundings& in, const plan& how, gateway& of, unsigned number);

    void adopt(wire_pair client);
    void on_cluster(cluster::snapshot_ptr known);
    void ended(session_id id) { fronts_[id.value].reset(); }
    void note_waiting_for_cluster(session_id id) { waiting_for_cluster_.insert(id.value); }
    void ask_position(std::weak_ptr<front> who, std::uint32_t ticket);
    void probe(node_id which);
    void suspect(node_id which);
    void note_conflict(node_id which);
    void tick();

    session::environment& environment() { return environment_; }
    lender& desk() { return desk_; }
    session::cluster_view& view() { return view_; }
    const cluster::snapshot& known() const { return *view_.known; }
    std::size_t clients() const;
    /// Of the sessions that are there; for people.
    std::string describe() const;

private:
    void tell_those_who_wait();
    void tell_those_who_use();
    void send_question();

    surroundings& in_;
    gateway& gateway_;
    unsigned number_;
    query::verdict_cache verdicts_{1 << 20, 64 * 1024, {1, 2}};
    session::statement_store statements_;
    session::settings_store settings_;
    session::parameter_store parameters_;
    session::cycle_pool cycles_;
    session::proved_parses proved_;
    session::learned_set learned_;
    session::environment environment_;
    session::cluster_view view_;
    lender desk_;
    std::vector<std::shared_ptr<front>> fronts_;
    std::set<std::uint32_t> waiting_for_cluster_;
    std::vector<std::pair<std::weak_ptr<front>, std::uint32_t>> asking_;
    bool asked_ = false;
};

class gateway {
public:
    gateway(surroundings& in, const plan& how, std::vector<std::unique_ptr<node>>& nodes);

    void begin();
    /// To the worker with the least clients.
    void accept(wire_pair client);
    std::size_t clients() const;
    void check_at_rest();
    std::string describe() const;

    std::vector<std::unique_ptr<node>>& nodes() { return nodes_; }
    pool::ledger& books() { return books_; }
    watcher& watch() { return watcher_; }
    void spread(unsigned from, const pool::pool_key& key);
    void move(unsigned to, const lender::backend_ptr& what, const pool::pool_key& key);

private:
    void tick();

    surroundings& in_;
    std::vector<std::unique_ptr<node>>& nodes_;
    pool::ledger books_;
    watcher watcher_;
    std::vector<std::unique_ptr<worker>> workers_;
};

}  // namespace weir::simulation

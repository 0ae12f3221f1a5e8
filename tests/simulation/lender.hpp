// lender: one worker's connections to the simulated nodes, in the place of net's lease_desk: opens, lends, cleans and
// moves them as the real pool and backend_link say.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pool/pool.hpp"
#include "session/actions.hpp"
#include "session/traffic.hpp"
#include "simulation/node.hpp"
#include "simulation/plan.hpp"
#include "simulation/server.hpp"

namespace weir::simulation {

class front;
struct tenancy;

/// One connection to a node, and who uses it now.
struct backend {
    enum class state { opening, idle, lent, cleaning, moving, closed };

    backend_id id;
    node_id where;
    instant opened;
    session::backend_link link;
    wire_pair wire;
    std::weak_ptr<server> peer;
    state now = state::opening;
    front* user = nullptr;
    tenancy* owner = nullptr;
    bool counted_lent = false;
    bool paused = false;   // its bytes stay where they are
    bytes unread;
    bool end_unread = false;
    bool asked_start = false;  // of the login
    bytes row;                 // the answer, as far as it has come
};

/// One user's pools in one worker.
struct tenancy {
    pool::tenant whose;
    std::vector<std::unique_ptr<pool::pool>> by_node;
    std::shared_ptr<const session::parameter_map> welcome;
    std::optional<std::string> start_path;
    session::traffic counters;
};

class lender {
public:
    using backend_ptr = std::shared_ptr<backend>;
    using spread_function = std::function<void(const pool::pool_key&)>;
    using suspect_function = std::function<void(node_id)>;
    using move_function = std::function<void(unsigned to, backend_ptr, const pool::pool_key&)>;

    lender(surroundings& in, const plan& how, std::vector<std::unique_ptr<node>>& nodes, unsigned worker,
           pool::ledger& books, spread_function spread, move_function move, suspect_function suspect);

    tenancy& find_tenant(const pool::tenant& whose);
    void request(tenancy& of, node_id where, session_id who, front& user);
    void withdraw(tenancy& of, node_id where, session_id who);
    void release(const backend_ptr& what, const session::give_back& how, bytes_view rest);
    void pause(backend& what, bool paused);
    void tick();
    void close_idle_of(node_id where);
    void give_to_starving(const pool::pool_key& key);
    void take_in(const backend_ptr& moved, const pool::pool_key& key);
    /// Nobody uses anything any more: what the books and the nodes say agrees.
    void check_at_rest();

private:
    struct waiting_user {
        front* user;
        instant since;
    };

    pool::pool& pool_of(tenancy& t, node_id where);
    void open(tenancy& t, node_id where);
    void on_opened(const backend_ptr& b);
    void on_login_bytes(const backend_ptr& b, bytes_view data);
    void failed_to_open(const backend_ptr& b, const fault& why, bool unreachable);
    void listen(const backend_ptr& b);
    void read(const backend_ptr& b);
    void on_bytes(const backend_ptr& b, bytes_view data);
    void on_gone(const backend_ptr& b);
    void lend(const backend_ptr& b, session_id who);
    void place(const backend_ptr& b, const pool::placement& where);
    void hand_over(backend_ptr b);
    void clean(const backend_ptr& b, const session::give_back& how, bytes_view rest);
    void freed(const backend_ptr& b);
    void drop(const backend_ptr& b);
    void refuse(session_id who, const session::lease_refused& why);

    surroundings& in_;
    const plan& plan_;
    std::vector<std::unique_ptr<node>>& nodes_;
    unsigned worker_;
    pool::ledger& books_;
    spread_function spread_;
    move_function move_;
    suspect_function suspect_;
    pool::pool_limits limits_;
    std::map<pool::tenant, std::unique_ptr<tenancy>> tenants_;
    std::map<backend_id, backend_ptr> backends_;
    std::map<session_id, waiting_user> waiting_;
};

}  // namespace weir::simulation

#include "simulation/plan.hpp"

namespace weir::simulation {

std::string_view to_string(weather w) {
    switch (w) {
        case weather::calm: return "calm";
        case weather::replicas: return "replicas fail";
        case weather::everything: return "everything fails";
    }
    return "unknown";
}

plan::plan(dice& chances) {
    const auto of_the_day = chances.below(10);
    sky = of_the_day < 2 ? weather::calm : of_the_day < 5 ? weather::replicas : weather::everything;
    nodes = chances.between(1, 4);
    if (sky != weather::calm) nodes = chances.between(3, 4);
    clients = chances.between(1, 10);
    errands = chances.between(10, 60);
    workers = chances.chance(40) ? 2 : 1;
    synchronous = nodes > 1 && chances.chance(60);
    tells_history = chances.chance(50);
    faults_end = milliseconds(chances.between(500, 3000));
    probe_timeout = milliseconds(chances.between(200, 1000));

    policy->access = auth::hba_rules::same_for_all(auth::method::trust);
    policy->mode = chances.chance(15) ? routing::pool_mode::session : routing::pool_mode::transaction;
    const bool keeps = policy->mode == routing::pool_mode::session;
    bounds.size = keeps ? clients + workers : chances.between(workers, 6);
    // Of the tests' two users none is to wait for ever for what the other has.
    if (!keeps && chances.chance(30)) bounds.max_per_node = chances.between(std::size_t{2} * workers, 6);
    policy->prepared_per_backend = chances.chance(30) ? chances.between(1, 4) : 1000;
    auto& r = policy->routing;
    r.level = routing::consistency::session;
    r.causal_wait = milliseconds(chances.chance(30) ? 0 : chances.between(1, 20));
    r.audit_every = chances.chance(30) ? static_cast<std::int64_t>(chances.between(1, 4)) : 0;
    r.transactions = chances.chance(50) ? routing::transaction_policy::split : routing::transaction_policy::safe;
    r.failover_wait = milliseconds(chances.between(1000, 8000));
    r.commit_outcome = r.failover_wait.count() % 2 == 0;
}

std::string plan::describe() const {
    const auto& r = policy->routing;
    return std::string(to_string(sky)) + ", " + std::to_string(nodes) + " nodes, " + std::to_string(clients) +
           " clients, " + std::to_string(workers) + " workers, pool of " + std::to_string(bounds.size) +
           (bounds.max_per_node > 0 ? " of " + std::to_string(bounds.max_per_node) + " of a node" : "") +
           (policy->mode == routing::pool_mode::session ? ", session mode" : "") +
           (r.transactions == routing::transaction_policy::split ? ", split" : "") +
           (r.commit_outcome ? ", outcomes asked" : "") + (synchronous ? ", synchronous" : "") + (tells_history ? ", history told" : "") + ", causal wait " +
           std::to_string(r.causal_wait.count()) + " ms, failover wait " + std::to_string(r.failover_wait.count()) +
           " ms, prepared " + std::to_string(policy->prepared_per_backend) + ", audit " +
           std::to_string(r.audit_every);
}

}  // namespace weir::simulation

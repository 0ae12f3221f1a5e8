// world: what a worker lends a session, with a cluster of a primary and two replicas, for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "session/environment.hpp"
#include "session/traffic.hpp"

namespace weir::session {

inline constexpr node_id primary_node{0};
inline constexpr node_id replica_1{1};
inline constexpr node_id replica_2{2};

inline cluster::position at_lsn(std::uint64_t value) { return {7, 1, lsn{value}}; }

class world {
public:
    world() {
        auto first = std::make_shared<cluster::snapshot>();
        for (std::uint16_t i = 0; i < 3; ++i) {
            cluster::node_state node;
            node.id = node_id{i};
            node.address.name = "node" + std::to_string(i);
            node.is = i == 0 ? cluster::role::primary : cluster::role::replica;
            node.up = true;
            node.known = at_lsn(0x100);
            node.started_at_us = 1;
            node.all_replayed = true;
            first->nodes.push_back(std::move(node));
        }
        first->primary = primary_node;
        view.known = std::move(first);
        view.loads.resize(3);
        rules->access = auth::hba_rules::same_for_all(auth::method::trust);
        rules->routing.causal_wait = milliseconds(0);  // where a test does not say otherwise
    }
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    /// A new snapshot that differs from the last one by what `change` does to it.
    template <class Change>
    void cluster_becomes(Change change) {
        auto next = std::make_shared<cluster::snapshot>(*view.known);
        ++next->version;
        change(*next);
        view.known = std::move(next);
    }

    instant now{std::chrono::hours(1)};
    std::shared_ptr<policy> rules = std::make_shared<policy>();
    query::verdict_cache verdicts{1 << 20, 64 * 1024, {1, 2}};
    statement_store statements;
    settings_store settings;
    parameter_store parameters;
    cycle_pool cycles;
    cluster_view view;
    traffic counters;
    proved_parses proved;
    learned_set learned;
    std::vector<std::string> explained;
    std::vector<std::string> logged;
    environment env{rules,
                    verdicts,
                    statements,
                    settings,
                    parameters,
                    cycles,
                    proved,
                    learned,
                    [](std::size_t n) { return bytes(n, 'r'); },
                    "key of the process",
                    [this](std::string_view line) { explained.emplace_back(line); },
                    [this](std::string_view line) { logged.emplace_back(line); }};
};

}  // namespace weir::session

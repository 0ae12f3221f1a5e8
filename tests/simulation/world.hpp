// world: one simulated cluster, one Weir and its clients, made by one seed and run until the clients are done.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulation/client.hpp"
#include "simulation/storm.hpp"
#include "simulation/worker.hpp"

namespace weir::simulation {

class world {
public:
    world(std::uint64_t seed, bool shown);

    /// What was broken; nothing: all promises were kept.
    std::optional<std::string> run();
    std::string describe() const { return plan_.describe(); }
    std::uint64_t steps() const { return in_.time.steps(); }
    std::size_t failovers() const { return storm_.failovers(); }

private:
    bool are_clients_done() const;
    void check_rest();

    surroundings in_;
    plan plan_;
    std::vector<std::unique_ptr<node>> nodes_;
    storm storm_;
    gateway gateway_;
    oracle oracle_;
    std::vector<std::unique_ptr<client>> clients_;
};

}  // namespace weir::simulation

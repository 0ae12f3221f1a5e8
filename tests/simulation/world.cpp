#include "simulation/world.hpp"

#include <algorithm>

namespace weir::simulation {
namespace {

// What must have ended by then: no wait of Weir's own lasts so long.
constexpr std::chrono::seconds patience{60};
constexpr milliseconds rest{2000};

std::vector<std::unique_ptr<node>> make_nodes(surroundings& in, std::size_t count) {
    std::vector<std::unique_ptr<node>> all;
    for (std::uint16_t i = 0; i < count; ++i) all.push_back(std::make_unique<node>(in, node_id{i}));
    return all;
}

}  // namespace

world::world(std::uint64_t seed, bool shown)
    : in_(seed, shown),
      plan_(in_.chances),
      nodes_(make_nodes(in_, plan_.nodes)),
      storm_(in_, plan_, nodes_),
      gateway_(in_, plan_, nodes_),
      oracle_(in_, plan_) {
    for (unsigned i = 0; i < plan_.clients; ++i)
        clients_.push_back(std::make_unique<client>(in_, plan_, oracle_, i,
                                                    [this](wire_pair by) { gateway_.accept(std::move(by)); }));
}

bool world::are_clients_done() const {
    return std::all_of(clients_.begin(), clients_.end(), [](const auto& c) { return c->is_done(); });
}

std::optional<std::string> world::run() {
    in_.log.note([&] { return describe(); });
    gateway_.begin();
    // Clients come when the nodes are known: what is answered before is the door's matter.
    in_.time.after(milliseconds(20), [this] {
        storm_.begin();
        for (auto& c : clients_) c->begin();
    });
    const auto late = in_.time.now() + plan_.faults_end + patience;
    while (!in_.log.broken() && !(storm_.is_over() && are_clients_done()) && in_.time.now() < late) in_.time.step();
    if (!in_.log.broken() && !are_clients_done()) {
        std::string who;
        for (const auto& c : clients_)
            if (!c->is_done()) who += c->describe() + "; ";
        in_.log.fail("not everybody is done long after the storm: " + who + gateway_.describe());
    }
    const auto end = in_.time.now() + rest;
    while (!in_.log.broken() && in_.time.now() < end) in_.time.step();
    if (!in_.log.broken()) check_rest();
    return in_.log.broken();
}

void world::check_rest() {
    if (gateway_.clients() != 0) in_.log.fail("sessions are left of clients that are gone:" + gateway_.describe());
    gateway_.check_at_rest();
    oracle_.check_at_end(storm_.primary());
}

}  // namespace weir::simulation

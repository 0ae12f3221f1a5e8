// plan: what kind of world a seed makes: how many nodes and clients, how Weir is configured, which faults may happen.
#pragma once

#include <string>

#include "pool/ledger.hpp"
#include "routing/rule_set.hpp"
#include "session/environment.hpp"
#include "simulation/dice.hpp"

namespace weir::simulation {

/// Each has all that the one before it has.
enum class weather {
    calm,        // replicas lag; nothing fails: no client may see an error that it has not asked for
    replicas,    // replicas crash, hang, are cut off and cancel reads: it is invisible but where rows were on their way
    everything,  // the primary, too: promotion, switchover, two primaries
};
std::string_view to_string(weather w);

struct plan {
    explicit plan(dice& chances);

    weather sky = weather::calm;
    std::size_t nodes = 3;
    std::size_t clients = 6;
    std::size_t errands = 40;   // of each client
    unsigned workers = 1;
    pool::pool_bounds bounds;
    bool synchronous = false;
    bool tells_history = true;  // the probe user may replicate
    milliseconds faults_end{3000};
    milliseconds probe_timeout{1000};
    std::shared_ptr<session::policy> policy = std::make_shared<session::policy>();

    std::string describe() const;
};

}  // namespace weir::simulation

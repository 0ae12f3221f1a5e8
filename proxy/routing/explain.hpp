// explain: why a statement goes where it goes, in words: rows of an item and what there is to say of it.
// Decides nothing: it is told the question, and asks decide again.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "routing/decide.hpp"
#include "routing/rule_set.hpp"

namespace weir::routing {

using explanation = std::vector<std::pair<std::string, std::string>>;

struct explained {
    question asked;
    limits allowed;
    const seen_statement* statement = nullptr;
    const rule* shadow = nullptr;     // the first shadow rule that matches
    duration wait_for_token{};        // of the rule's rate limit; zero: there is one, or no limit
    // Null where nothing is known of the cluster (a dry run):
    const cluster::snapshot* known = nullptr;
    const floor* known_floor = nullptr;
    const balancer* loads = nullptr;
    node_id held_node = {};           // with a lease that is kept
};

explanation explain(const explained& what);

/// "a read of orders, items"; "a write: locks rows".
std::string describe_facts(const query::facts& f);

}  // namespace weir::routing

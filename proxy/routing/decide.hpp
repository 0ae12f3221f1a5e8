// decide: the decision table (docs/ARCHITECTURE.md). judge() says whether a replica may serve a cycle,
// choose() which one. Both are plain functions of their arguments.
#pragma once

#include <optional>
#include <string_view>

#include "cluster/snapshot.hpp"
#include "query/digest.hpp"
#include "query/facts.hpp"
#include "routing/balancer.hpp"
#include "routing/floor.hpp"
#include "routing/policy.hpp"
#include "routing/reason.hpp"

namespace weir::routing {

/// The transaction that a cycle belongs to, as far as declared; `none` outside of one. `splittable`: in READ
/// COMMITTED, with nothing done yet that the primary would not find done by beginning it anew.
enum class transaction_kind : std::uint8_t { none, read_write, read_only, read_only_snapshot, splittable };
enum class held_lease : std::uint8_t { none, primary, replica };

struct question {
    const query::facts* what = nullptr;
    query::hint wish = query::hint::none;
    transaction_kind transaction = transaction_kind::none;
    held_lease held = held_lease::none;
    bool too_large = false;
    bool keeps_portal = false;  // leaves a portal open: the transaction cannot move afterwards
    const rule* by = nullptr;
    consistency level = consistency::session;
};

enum class verdict : std::uint8_t {
    keep,     // on the lease that is held
    move,     // the lease on the replica does not do: the primary
    primary,
    replica,  // one that choose() finds, else the primary
    reject,
};

struct judgement {
    verdict is;
    reason why;
};

judgement judge(const question& q);
/// What may be done in a transaction whatever rules say: its end.
bool ends_transaction(const query::facts& f);

/// A read sees all that was acknowledged before it began, whoever wrote it.
bool covers_others(consistency level);
/// A read never sees less than its session has seen or written.
bool needs_floor(consistency level);

struct limits {
    consistency level = consistency::session;
    std::int64_t max_lag_bytes = 0;
    std::int64_t max_lag_ms = 10000;
    std::optional<node_id> only = {};  // the replica that the session's transaction is on
    milliseconds patience{0};          // how long the read may wait
    std::string_view group = {};  // of these replicas only; empty: of all
    std::int64_t rule_lag_bytes = 0;  // said by a rule: at every level; 0: no limit
    std::int64_t rule_lag_ms = 0;
};
/// What is allowed where this rule (null: none) is in force over the settings.
limits limits_under(const rule* by, const policy_settings& usual, consistency level);

/// Why this node may not serve a read; reason::read where it may.
reason objection(const cluster::node_state& node, const floor& known_floor, const limits& allowed);

/// A read could be served elsewhere than on the primary, now or soon: what its replica must have reached is worth a
/// question.
bool has_candidate(const cluster::snapshot& now_known);

struct choice {
    std::optional<node_id> replica;  // nothing: the primary, and `why`
    reason why;
    std::optional<node_id> soon = {};  // ... but this replica is worth waiting for
    bool kept_from_stale = false;      // a replica would have shown something older than the session has seen
};

/// known_floor must have been settled with the same snapshot.
choice choose(const cluster::snapshot& now_known, const floor& known_floor, const limits& allowed,
              balancer& loads);

}  // namespace weir::routing

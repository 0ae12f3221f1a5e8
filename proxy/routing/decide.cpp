#include "routing/decide.hpp"

#include <algorithm>
#include <compare>
#include <numeric>

namespace weir::routing {
namespace {

reason why_it_writes(const query::facts& f) {
    return f.why_not == query::obstacle::unparsed ? reason::unparsed : reason::not_read_only;
}

/// now() is the same throughout a transaction, wherever it goes on (FACTS 12).
bool ties_to_node(const question& q) { return q.what->tells_time || q.keeps_portal; }

judgement judge_held_replica(const question& q) {
    // Advisory locks and snapshot exports succeed silently on a replica, so a lease there takes
    // proved reads and the end of its transaction only (FACTS 8).
    if (q.too_large) return {verdict::move, reason::cycle_too_large};
    if (q.transaction == transaction_kind::splittable && q.what->read_only && ties_to_node(q))
        return {verdict::move, reason::transaction};
    if (q.what->read_only || (ends_transaction(*q.what) && !q.what->chain))
        return {verdict::keep, reason::held_replica};
    return {verdict::move, why_it_writes(*q.what)};
}

bool within_lag(const cluster::node_state& node, const limits& allowed) {
    if (allowed.rule_lag_ms > 0 && node.lag_ms > allowed.rule_lag_ms) return false;
    if (allowed.rule_lag_bytes > 0 && node.lag_bytes > allowed.rule_lag_bytes) return false;
    if (allowed.level == consistency::eventual) return true;
    if (allowed.max_lag_ms > 0 && node.lag_ms > allowed.max_lag_ms) return false;
    return allowed.level != consistency::bounded || allowed.max_lag_bytes == 0 ||
           node.lag_bytes <= allowed.max_lag_bytes;
}

/// What a replica may take just now against the others.
std::uint64_t weight_of(const cluster::node_state& node) {
    return static_cast<std::uint64_t>(node.address.weight) * node.read_percent;
}

/// a/wa <=> b/wb without division.
std::strong_ordering compare_load(const balancer& loads, const cluster::node_state& a,
                                  const cluster::node_state& b) {
    return loads.in_flight(a.id) * weight_of(b) <=> loads.in_flight(b.id) * weight_of(a);
}

/// The best of those seen so far: least loaded, and how many weights share that place.
struct front_runners {
    const cluster::node_state* first = nullptr;
    std::uint64_t weights = 0;
    std::uint64_t unit = 0;  // divides all of them

    void add(const cluster::node_state& node, const balancer& loads) {
        const auto order =
            first == nullptr ? std::strong_ordering::less : compare_load(loads, node, *first);
        if (order > 0) return;
        if (order < 0) {
            first = &node;
            weights = unit = 0;
        }
        weights += weight_of(node);
        unit = std::gcd(unit, weight_of(node));
    }
};

/// Of `total` places the one whose turn it is. One after the other in steps that share no divisor with
/// the total: each comes once before any comes again, and those of one node are not in a row.
std::uint64_t place_of(std::uint64_t turn, std::uint64_t total) {
    std::uint64_t step = total * 5 / 8;
    while (std::gcd(step, total) != 1) ++step;
    return turn % total * step % total;
}

}  // namespace

bool ends_transaction(const query::facts& f) {
    return f.kind == query::statement_kind::commit || f.kind == query::statement_kind::rollback;
}

limits limits_under(const rule* by, const policy_settings& usual, consistency level) {
    limits made{level, usual.max_lag_bytes, usual.max_lag_ms};
    if (by == nullptr) return made;
    if (by->max_lag_bytes) made.max_lag_bytes = made.rule_lag_bytes = *by->max_lag_bytes;
    if (by->max_lag_ms) made.max_lag_ms = made.rule_lag_ms = *by->max_lag_ms;
    made.group = by->group;
    return made;
}

reason objection(const cluster::node_state& node, const floor& known_floor, const limits& allowed) {
    if (node.is != cluster::role::replica || !node.up || !node.trouble.empty() ||
        node.address.weight == 0 || (allowed.only && *allowed.only != node.id))
        return reason::no_replica;
    // A transaction that is there already may end there.
    if (node.drained && !allowed.only) return reason::no_replica;
    if (!allowed.group.empty() && node.address.group != allowed.group) return reason::no_replica;
    if (!within_lag(node, allowed)) return reason::too_far_behind;
    if (needs_floor(allowed.level) && !known_floor.allows(node)) return reason::behind_floor;
    return reason::read;
}

judgement judge(const question& q) {
    const bool rejected = q.by != nullptr && q.by->route == rule_route::reject;
    if (rejected && (q.held == held_lease::none || !ends_transaction(*q.what)))
        return {verdict::reject, reason::rule_reject};
    if (q.held == held_lease::primary) return {verdict::keep, reason::held_primary};
    if (q.held == held_lease::replica) return judge_held_replica(q);
    if (q.by != nullptr && q.by->route == rule_route::primary)
        return {verdict::primary, reason::rule_primary};
    if (q.too_large) return {verdict::primary, reason::cycle_too_large};
    if (q.wish == query::hint::primary) return {verdict::primary, reason::hint_primary};
    if (!q.what->read_only) return {verdict::primary, why_it_writes(*q.what)};
    switch (q.transaction) {
        case transaction_kind::read_write: return {verdict::primary, reason::transaction};
        case transaction_kind::read_only_snapshot: return {verdict::primary, reason::isolation};
        case transaction_kind::splittable:
            if (ties_to_node(q)) return {verdict::primary, reason::transaction};
            break;
        case transaction_kind::none:
        case transaction_kind::read_only: break;
    }
    return {verdict::replica, reason::read};
}

bool has_candidate(const cluster::snapshot& now_known) {
    return std::any_of(now_known.nodes.begin(), now_known.nodes.end(), [](const auto& node) {
        return node.is == cluster::role::replica && node.up && node.address.weight > 0;
    });
}

bool covers_others(consistency level) {
    return level == consistency::global || level == consistency::strong;
}

bool needs_floor(consistency level) {
    return level != consistency::eventual && level != consistency::bounded;
}

choice choose(const cluster::snapshot& now_known, const floor& known_floor, const limits& allowed,
              balancer& loads) {
    if (needs_floor(allowed.level) && known_floor.unknown())
        return {std::nullopt, has_candidate(now_known) ? reason::position_unknown : reason::no_replica};
    front_runners best;
    reason why = reason::no_replica;
    std::optional<node_id> soon;
    bool stale = false;
    for (const auto& node : now_known.nodes) {
        const reason against = objection(node, known_floor, allowed);
        if (against == reason::read) {
            best.add(node, loads);
        } else if (against == reason::behind_floor || why == reason::no_replica) {
            why = against;  // of several the one that passes soonest is told
        }
        stale = stale || against == reason::behind_floor;
        // One that is as far behind as the read may wait, or was so lately, may be there in time.
        if (against == reason::behind_floor && node.lag_ms <= 2 * allowed.patience.count() &&
            allowed.patience.count() > 0)
            soon = node.id;
    }
    if (best.first == nullptr) return {std::nullopt, why, soon, stale};
    if (best.weights == weight_of(*best.first)) return {best.first->id, reason::read, {}, stale};
    // Equals take turns, each as often as its weight says.
    std::uint64_t turn = place_of(loads.turn(), best.weights / best.unit) * best.unit;
    for (const auto& node : now_known.nodes) {
        if (objection(node, known_floor, allowed) != reason::read) continue;
        if (compare_load(loads, node, *best.first) != 0) continue;
        if (turn < weight_of(node)) return {node.id, reason::read, {}, stale};
        turn -= weight_of(node);
    }
    return {best.first->id, reason::read, {}, stale};
}

}  // namespace weir::routing

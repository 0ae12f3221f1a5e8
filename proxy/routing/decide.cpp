#include "routing/decide.hpp"

namespace weir::routing {
namespace {

bool ends_transaction(const query::facts& f) {
    return f.kind == query::statement_kind::commit || f.kind == query::statement_kind::rollback;
}

judgement judge_held_replica(const question& q) {
    // Advisory locks and snapshot exports succeed silently on a replica, so a lease there takes
    // proved reads and the end of its transaction only (FACTS 8).
    if (q.too_large) return {verdict::move, reason::cycle_too_large};
    if (q.what->read_only || (ends_transaction(*q.what) && !q.what->chain))
        return {verdict::keep, reason::held_replica};
    return {verdict::move, reason::not_read_only};
}

bool within_lag(const cluster::node_state& node, const limits& allowed) {
    if (allowed.level == consistency::eventual) return true;
    if (allowed.max_lag_ms > 0 && node.lag_ms > allowed.max_lag_ms) return false;
    return allowed.level != consistency::bounded || allowed.max_lag_bytes == 0 ||
           node.lag_bytes <= allowed.max_lag_bytes;
}

bool needs_floor(consistency level) {
    return level != consistency::eventual && level != consistency::bounded;
}

/// a/wa < b/wb without division.
bool lighter(const balancer& loads, const cluster::node_state& a, const cluster::node_state& b) {
    return static_cast<std::uint64_t>(loads.in_flight(a.id)) * b.address.weight <
           static_cast<std::uint64_t>(loads.in_flight(b.id)) * a.address.weight;
}

}  // namespace

judgement judge(const question& q) {
    if (q.held == held_lease::primary) return {verdict::keep, reason::held_primary};
    if (q.held == held_lease::replica) return judge_held_replica(q);
    if (q.by != nullptr && q.by->route == rule_route::reject)
        return {verdict::reject, reason::rule_reject};
    if (q.by != nullptr && q.by->route == rule_route::primary)
        return {verdict::primary, reason::rule_primary};
    if (q.too_large) return {verdict::primary, reason::cycle_too_large};
    if (q.wish == query::hint::primary) return {verdict::primary, reason::hint_primary};
    if (!q.what->read_only) return {verdict::primary, reason::not_read_only};
    switch (q.transaction) {
        case transaction_kind::read_write: return {verdict::primary, reason::transaction};
        case transaction_kind::read_only_snapshot: return {verdict::primary, reason::isolation};
        case transaction_kind::none:
        case transaction_kind::read_only: break;
    }
    if (q.level == consistency::global || q.level == consistency::strong)
        return {verdict::primary, reason::consistency_level};
    return {verdict::replica, reason::read};
}

choice choose(const cluster::snapshot& now_known, const floor& known_floor, const limits& allowed,
              balancer& loads) {
    const bool floored = needs_floor(allowed.level);
    if (floored && known_floor.unknown()) return {std::nullopt, reason::position_unknown};
    const cluster::node_state* best = nullptr;
    reason why = reason::no_replica;
    const std::size_t count = now_known.nodes.size();
    const std::size_t start = count == 0 ? 0 : loads.turn() % count;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& node = now_known.nodes[(start + i) % count];
        if (node.is != cluster::role::replica || !node.up || !node.trouble.empty() ||
            node.address.weight == 0)
            continue;
        if (!within_lag(node, allowed)) {
            if (why == reason::no_replica) why = reason::too_far_behind;
            continue;
        }
        if (floored && !known_floor.allows(node)) {
            why = reason::behind_floor;
            continue;
        }
        if (best == nullptr || lighter(loads, node, *best)) best = &node;
    }
    if (best == nullptr) return {std::nullopt, why};
    return {best->id, reason::read};
}

}  // namespace weir::routing

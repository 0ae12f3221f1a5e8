// What an operator has paused or drained: its pools lend nothing, and who waits decides anew.
#include <algorithm>

#include "net/lease_desk.hpp"

namespace weir::net {

bool lease_desk::is_held(const tenant_pools& t, node_id node) const {
    return paused_->covers(t.whose) || drained_.contains({t.hub.get(), node});
}

void lease_desk::use_holds(std::shared_ptr<const pool::holds> paused) {
    paused_ = std::move(paused);
    apply_holds([](const tenant_pools&, node_id) { return false; });
}

void lease_desk::note_nodes(const cluster_hub& hub, const cluster::snapshot& known) {
    bool any = false;
    bool changed = false;
    for (const auto& node : known.nodes) {
        any = any || node.drained;
        if (node.drained)
            changed = drained_.insert({&hub, node.id}).second || changed;
        else
            changed = drained_.erase({&hub, node.id}) > 0 || changed;
    }
    if (!any && !changed) return;
    apply_holds([&](const tenant_pools& t, node_id node) {
        const auto* state = known.find(node);
        return t.hub.get() == &hub && state != nullptr && state->drained && known.primary != node;
    });
}

void lease_desk::apply_holds(const pool_filter& also_asks_again) {
    std::vector<session_id> waiting;
    std::vector<backend_id> closing;
    for (auto& [key, t] : tenants_) {
        for (std::size_t n = 0; n < t->by_node.size(); ++n) {
            auto& p = t->by_node[n];
            if (!p) continue;
            const node_id node{static_cast<std::uint16_t>(n)};
            const bool held = is_held(*t, node);
            const bool changed = p->held() != held;
            p->hold(held);
            if (changed || also_asks_again(*t, node)) {
                const auto all = p->take_all_waiting();
                waiting.insert(waiting.end(), all.begin(), all.end());
            }
            if (!changed || !held) continue;
            const auto idle = p->take_all_idle();
            closing.insert(closing.end(), idle.begin(), idle.end());
        }
    }
    for (auto id : closing)
        if (auto found = backends_.find(id); found != backends_.end()) drop(*found->second);
    let_ask_again(std::move(waiting));
}

/// First come, first served, over all pools.
void lease_desk::let_ask_again(std::vector<session_id> waiting) {
    const auto since = [&](session_id who) {
        const auto found = waiting_.find(who);
        return found == waiting_.end() ? never : found->second.since;
    };
    std::stable_sort(waiting.begin(), waiting.end(),
                     [&](session_id a, session_id b) { return since(a) < since(b); });
    for (auto who : waiting) {
        const auto found = waiting_.find(who);
        if (found == waiting_.end()) continue;  // what the others did has ended it
        auto* user = found->second.user;
        waiting_.erase(found);
        user->on_ask_again();
    }
}

std::size_t lease_desk::lent(const pool_filter& of) const {
    std::size_t sum = 0;
    for (const auto& [key, t] : tenants_)
        for (std::size_t n = 0; n < t->by_node.size(); ++n)
            if (t->by_node[n] && of(*t, node_id{static_cast<std::uint16_t>(n)})) sum += t->by_node[n]->lent();
    return sum;
}

}  // namespace weir::net

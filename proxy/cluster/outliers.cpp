#include "cluster/outliers.hpp"

#include <algorithm>

namespace weir::cluster {

outliers::tracked& outliers::at(node_id node) {
    if (node.value >= nodes_.size()) nodes_.resize(static_cast<std::size_t>(node.value) + 1);
    return nodes_[node.value];
}

void outliers::on_answer(node_id node, duration took) {
    auto& n = at(node);
    n.took[n.count++ % window] = took;
}

void outliers::forget(node_id node) {
    auto& n = at(node);
    // How often it was out is kept: a slow node that falls silent now and then is no better for it.
    const int times = n.times;
    n = tracked{};
    n.times = times;
}

std::optional<duration> outliers::usual(node_id node) const {
    if (node.value >= nodes_.size() || nodes_[node.value].count < window) return std::nullopt;
    auto sorted = nodes_[node.value].took;
    std::nth_element(sorted.begin(), sorted.begin() + window / 2, sorted.end());
    return sorted[window / 2];
}

void outliers::judge(const std::vector<node_id>& replicas, instant now) {
    if (settings_.factor <= 0) return;
    for (const auto id : replicas) {
        const auto mine = usual(id);
        std::vector<duration> others;
        for (const auto other : replicas)
            if (const auto theirs = usual(other); theirs && other != id) others.push_back(*theirs);
        if (!mine || others.empty()) {
            at(id).out = false;  // nobody to compare with
            continue;
        }
        // The lower median: of two others the faster one, so that two slow ones of three are seen.
        const auto middle = others.begin() + static_cast<std::ptrdiff_t>((others.size() - 1) / 2);
        std::nth_element(others.begin(), middle, others.end());
        at(id).others = *middle;
        weigh(at(id), *mine, now);
    }
    keep_to_share(replicas, now);
}

void outliers::weigh(tracked& node, duration usual, instant now) {
    const duration limit = std::max<duration>(node.others * settings_.factor, settings_.least);
    const bool slow = usual > limit;
    const bool fast = usual <= limit / 2;  // what lies between changes nothing
    if (!slow) node.slow_since.reset();
    if (slow && !node.slow_since) node.slow_since = now;
    if (!fast) node.fast_since.reset();
    if (fast && !node.fast_since) node.fast_since = now;
    const auto patience_with = node.share > least_share ? settings_.after : settings_.out_after;
    if (!node.out && slow && now - *node.slow_since >= patience_with) give_less(node, now);
    if (!node.out && fast && now - *node.fast_since >= settings_.after) give_more(node, now);
    if (node.out && fast && now - *node.fast_since >= patience(node)) {
        node.out = false;
        node.share = full_share;  // it comes back by slow start
        node.in_since = now;
    }
}

/// A replica may be slow for the reads that it was given: with fewer of them it is as fast as the others, and has its part
/// again soon. Only one that is slow with next to none is out.
void outliers::give_less(tracked& node, instant now) {
    if (node.share > least_share) {
        node.share = node.share / 2 < 2 * least_share ? least_share : node.share / 2;
        node.slow_since = now;
        return;
    }
    const bool anew = node.in_since && now - *node.in_since >= settings_.forgiven_after;
    node.times = anew ? 1 : node.times + 1;
    node.out = true;
}

void outliers::give_more(tracked& node, instant now) {
    node.share = std::min(node.share * 2, full_share);
    node.fast_since = now;
}

milliseconds outliers::patience(const tracked& node) const {
    auto wait = settings_.back_after;
    for (int i = 1; i < node.times && wait < settings_.longest_back; ++i) wait *= 2;
    return std::min(wait, settings_.longest_back);
}

/// Where more are slow than may be out, the slowest are.
void outliers::keep_to_share(const std::vector<node_id>& replicas, instant now) {
    std::vector<node_id> out;
    for (const auto id : replicas)
        if (is_out(id)) out.push_back(id);
    const auto most = replicas.size() * static_cast<std::size_t>(settings_.most_percent) / 100;
    if (out.size() <= most) return;
    std::sort(out.begin(), out.end(), [&](node_id a, node_id b) { return usual(a) > usual(b); });
    for (std::size_t i = most; i < out.size(); ++i) {
        auto& n = at(out[i]);
        n.out = false;
        n.times = std::max(n.times - 1, 0);
        n.in_since = n.slow_since = now;
    }
}

}  // namespace weir::cluster

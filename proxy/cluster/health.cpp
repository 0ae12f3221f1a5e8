#include "cluster/health.hpp"

#include <algorithm>
#include <utility>

namespace weir::cluster {
namespace {

/// Why a node is not used, and no use of it.
void refuse(node_state& node, std::string why) {
    node.up = false;
    node.trouble = std::move(why);
}

std::string in_ms(duration d) {
    return std::to_string(std::chrono::ceil<milliseconds>(d).count()) + " ms";
}

bool is_up_primary(const node_state& node) { return node.up && node.is == role::primary; }

}  // namespace

health::health(std::vector<node_address> nodes, health_settings settings)
    : settings_(settings), slow_(settings.slow) {
    nodes_.reserve(nodes.size());
    for (auto& address : nodes) {
        tracked node;
        node.address = std::move(address);
        nodes_.push_back(std::move(node));
    }
}

void health::on_probe(node_id id, const probe_result& result) {
    if (!id.valid() || id.value >= nodes_.size()) return;
    tracked& node = nodes_[id.value];
    if (node.gone) return;
    if (result.answer) return on_answer(id, result);
    node.successes = 0;
    node.failures += std::exchange(node.suspected, false) ? settings_.fall : 1;
    if (node.failures < settings_.fall && node.up) return;
    node.up = false;
    node.fell = true;
    node.trouble = result.trouble.empty() ? "does not answer" : result.trouble;
}

void health::on_answer(node_id id, const probe_result& result) {
    tracked& node = nodes_[id.value];
    if (node.last && result.sent < node.last_sent) return;
    probe_answer answer = *result.answer;
    if (node.last) {
        const probe_answer& before = *node.last;
        bool same_life = before.started_at_us == answer.started_at_us &&
                         before.at.system_identifier == answer.at.system_identifier;
        // A running server never goes back to an older timeline; where a replica's receiver is
        // away, what it can tell of its timeline is old.
        if (same_life) answer.at.timeline = std::max(answer.at.timeline, before.at.timeline);
        bool other_claim = answer.in_recovery || !(answer.at.same_history(before.at));
        if (other_claim) node.contested = false;
        if (result.received - node.last_received > settings_.silence) {
            node.up = false;
            node.fell = true;
            node.successes = 0;
        }
    }
    node.last = answer;
    if (result.history) node.history = result.history;
    node.last_sent = result.sent;
    node.last_received = result.received;
    node.failures = 0;
    node.suspected = false;
    ++node.successes;
    slow_.on_answer(id, result.received - result.sent);
    if (node.up || node.successes >= settings_.rise) {
        if (std::exchange(node.fell, false)) node.share.come_back(result.received);
        node.up = true;
        node.trouble.clear();
    } else {
        node.trouble =
            "answers again; waits for " + std::to_string(settings_.rise) + " answers in a row";
    }
}

void health::on_suspicion(node_id node) {
    if (node.valid() && node.value < nodes_.size()) nodes_[node.value].suspected = true;
}

void health::on_conflict(node_id node, instant now) {
    if (node.valid() && node.value < nodes_.size())
        nodes_[node.value].share.on_conflict(now, settings_.share);
}

node_id health::add(node_address address) {
    tracked node;
    node.address = std::move(address);
    node.fell = true;  // whatever it was, its caches are cold for these reads
    nodes_.push_back(std::move(node));
    return node_id{static_cast<std::uint16_t>(nodes_.size() - 1)};
}

void health::set_gone(node_id id, bool gone) {
    tracked& node = nodes_.at(id.value);
    tracked fresh;
    fresh.address = node.address;
    fresh.drained = node.drained;
    fresh.gone = gone;
    fresh.fell = true;
    if (gone) fresh.trouble = "gone: it is no member any more";
    node = std::move(fresh);
}

void health::readdress(node_id id, node_address address) { nodes_.at(id.value).address = std::move(address); }

void health::use(const health_settings& settings) {
    settings_ = settings;
    slow_.use(settings.slow);
}

void health::on_leader(std::optional<node_id> node, instant now) {
    leader_ = node;
    leader_heard_ = now;
}

bool health::is_leader(node_id node, instant now) const {
    return leader_ == node && now - leader_heard_ <= settings_.leader_valid;
}

void health::set_drained(node_id node, bool drained) {
    if (node.valid() && node.value < nodes_.size()) nodes_[node.value].drained = drained;
}

snapshot_ptr health::look(instant now) {
    auto result = std::make_shared<snapshot>();
    result->version = ++version_;
    result->nodes = list(now);
    refuse_strangers(result->nodes);
    result->primary = find_primary(result->nodes, now);
    measure_lag(result->nodes, result->primary, now);
    leave_out_slow(result->nodes, now);
    share_out(result->nodes, now);
    if (result->primary) result->history = nodes_[result->primary->value].history;
    return result;
}

std::vector<node_state> health::list(instant now) const {
    std::vector<node_state> nodes(nodes_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const tracked& from = nodes_[i];
        node_state& to = nodes[i];
        to.id = node_id{static_cast<std::uint16_t>(i)};
        to.address = from.address;
        to.up = from.up;
        to.trouble = from.trouble;
        to.drained = from.drained;
        to.gone = from.gone;
        if (!from.last) continue;
        to.is = from.last->in_recovery ? role::replica : role::primary;
        to.known = from.last->at;
        to.probed = from.last_sent;
        to.started_at_us = from.last->started_at_us;
        to.server_version = from.last->server_version;
        if (to.up && now - from.last_received > settings_.silence)
            refuse(to, "no answer for " + std::to_string(settings_.silence.count()) + " ms");
    }
    return nodes;
}

std::size_t health::votes(std::uint64_t identifier) const {
    return static_cast<std::size_t>(std::count_if(
        nodes_.begin(), nodes_.end(),
        [&](const tracked& n) { return n.last && n.last->at.system_identifier == identifier; }));
}

/// Of the identifiers of these nodes (or of the primaries that are up among them) the one that most
/// nodes have; nothing on a draw.
std::optional<std::uint64_t> health::most_voted(const std::vector<node_state>& nodes,
                                                bool primaries) const {
    std::optional<std::uint64_t> best;
    std::size_t most = 0;
    bool draw = false;
    for (const auto& node : nodes) {
        std::uint64_t identifier = node.known.system_identifier;
        bool counts = primaries ? is_up_primary(node) : node.is != role::unknown;
        if (!counts || best == identifier) continue;
        std::size_t count = votes(identifier);
        draw = count == most || (draw && count < most);
        if (count > most) {
            most = count;
            best = identifier;
        }
    }
    return draw ? std::nullopt : best;
}

std::optional<std::uint64_t> health::find_identifier(const std::vector<node_state>& nodes) {
    const node_state* primary = nullptr;
    bool several = false;
    for (const auto& node : nodes) {
        if (!is_up_primary(node)) continue;
        several = several ||
                  (primary && primary->known.system_identifier != node.known.system_identifier);
        primary = &node;
    }
    if (founder_ && votes(founder_->identifier) == 0) founder_.reset();
    if (several) return most_voted(nodes, true);
    if (!primary) return founder_ ? founder_->identifier : most_voted(nodes, false);
    // A server of another origin that is the only primary just now is not a successor: nothing that
    // this cluster's replicas hold is there. Where the founding node itself was replaced, it is
    // meant.
    bool stranger = founder_ && founder_->identifier != primary->known.system_identifier &&
                    founder_->node != primary->id;
    return stranger ? founder_->identifier : primary->known.system_identifier;
}

void health::refuse_strangers(std::vector<node_state>& nodes) {
    auto identifier = find_identifier(nodes);
    for (auto& node : nodes) {
        if (node.is == role::unknown || node.known.system_identifier == identifier) continue;
        std::string of = "system identifier " + std::to_string(node.known.system_identifier);
        if (node.up && identifier)
            refuse(node,
                   of + " is of another cluster, this one's is " + std::to_string(*identifier));
        else if (node.up)
            refuse(node, of + ": the nodes are of different clusters and none is the larger part");
    }
}

/// A primary below the highest timeline that any node of this cluster was last seen on, up or not,
/// has been succeeded: what it would still accept is lost to the others.
void health::fence_below(std::vector<node_state>& nodes) const {
    for (auto& node : nodes) {
        if (!is_up_primary(node)) continue;
        for (const auto& other : nodes) {
            bool beyond = other.is != role::unknown &&
                          other.known.system_identifier == node.known.system_identifier &&
                          other.known.timeline > node.known.timeline;
            if (!beyond) continue;
            refuse(node, "fenced: a primary of timeline " + std::to_string(node.known.timeline) +
                             ", but " + other.address.name + " was seen on timeline " +
                             std::to_string(other.known.timeline));
            break;
        }
    }
}

/// Of several primaries of one timeline none is used, but where the cluster's manager names one.
void health::fence_rivals(std::vector<node_state>& nodes, const std::vector<node_state*>& candidates,
                          instant now) const {
    for (auto* node : candidates) {
        for (const auto& other : nodes) {
            const bool rival = nodes_[node->id.value].contested && nodes_[other.id.value].contested &&
                               other.id != node->id && other.known.same_history(node->known);
            if (!rival || is_leader(node->id, now)) continue;
            const std::string of = other.address.name + " is a primary of the same timeline " +
                                   std::to_string(node->known.timeline);
            refuse(*node, "fenced: " + of + (is_leader(other.id, now)
                                                 ? ", and the one that Patroni calls the leader"
                                                 : "; stop one of the two, or make it a replica of the other"));
            break;
        }
    }
}

std::optional<node_id> health::find_primary(std::vector<node_state>& nodes, instant now) {
    fence_below(nodes);
    std::vector<node_state*> candidates;
    for (auto& node : nodes) {
        if (!is_up_primary(node)) continue;
        // One server under two addresses is no second primary.
        auto twin =
            std::find_if(candidates.begin(), candidates.end(), [&](const node_state* other) {
                return node.started_at_us != 0 && other->started_at_us == node.started_at_us &&
                       other->known.same_history(node.known);
            });
        if (twin == candidates.end())
            candidates.push_back(&node);
        else
            refuse(node, "the same server as " + (*twin)->address.name);
    }
    if (candidates.size() > 1)
        for (auto* node : candidates) nodes_[node->id.value].contested = true;
    fence_rivals(nodes, candidates, now);
    std::erase_if(candidates, [](const node_state* node) { return !node->up; });
    if (candidates.empty()) return std::nullopt;
    const node_state& primary = *candidates.front();
    founder_ = founder{primary.known.system_identifier, primary.id};
    return primary.id;
}

void health::measure_lag(std::vector<node_state>& nodes, std::optional<node_id> primary,
                         instant now) {
    if (primary) {
        const node_state& node = nodes[primary->value];
        trail_.add(node.probed, node.known);
    }
    for (auto& node : nodes) {
        if (node.is != role::replica) continue;
        const probe_answer& answer = *nodes_[node.id.value].last;
        node.all_replayed = answer.received.valid() && answer.received == node.known.at;
        milliseconds age{std::max<std::int64_t>(answer.replay_age_ms, 0)};
        // Without a primary ever seen: what it has received and not replayed.
        lsn ahead = trail_.empty() ? answer.received : trail_.last().at;
        if (ahead > node.known.at)
            node.lag_bytes = static_cast<std::int64_t>(ahead.value - node.known.at.value);
        duration lag = duration::zero();
        if (trail_.empty())
            lag = node.lag_bytes > 0 ? duration(age) : duration::zero();
        else if (auto behind = trail_.behind(node.known, now))
            lag = *behind;
        else  // behind all that is known of the primary: the replica's last commit is the upper
              // bound
            lag = std::max(trail_.since_start(now), duration(age));
        node.lag_ms = std::chrono::duration_cast<milliseconds>(lag).count();
    }
}

void health::leave_out_slow(std::vector<node_state>& nodes, instant now) {
    std::vector<node_id> replicas;
    for (const auto& node : nodes) {
        const bool readable = node.up && node.is == role::replica && node.trouble.empty();
        if (!readable)
            slow_.forget(node.id);
        else if (node.address.weight > 0)
            replicas.push_back(node.id);
    }
    slow_.judge(replicas, now);
    for (auto& node : nodes) {
        tracked& from = nodes_[node.id.value];
        const bool out = slow_.is_out(node.id);
        if (from.was_out && !out && node.up) from.share.come_back(now);
        from.was_out = out;
        if (out)
            node.trouble = "slow: it answers a probe after " + in_ms(*slow_.usual(node.id)) +
                           ", other replicas after " + in_ms(slow_.others(node.id));
    }
}

void health::share_out(std::vector<node_state>& nodes, instant now) const {
    for (auto& node : nodes) {
        const auto share = nodes_[node.id.value].share.at(now, settings_.share);
        const auto by_slowness = slow_.share(node.id) / 10 * 10;
        node.read_percent = std::min(share.percent, by_slowness);
        node.read_limit = by_slowness < share.percent ? share_limit::slow_answers : share.why;
    }
}

}  // namespace weir::cluster

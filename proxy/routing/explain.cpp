#include "routing/explain.hpp"

namespace weir::routing {
namespace {

std::string with_phrase(reason why) {
    return std::string(to_string(why)) + ": " + std::string(phrase(why));
}

std::string describe(const rule* r) {
    if (r == nullptr) return "none";
    return r->name + ": " + describe_matchers(*r) + "; " + describe_effect(*r);
}

std::string describe(const cluster::position& at) {
    if (!at.at.valid()) return "not known";
    return to_string(at.at) + " of timeline " + std::to_string(at.timeline);
}

std::string describe_floor(const explained& what) {
    if (what.known_floor == nullptr) return "not known in a dry run";
    if (what.known_floor->unknown()) return "not known yet: the primary is being asked";
    if (!what.known_floor->known()) return "none: this session has seen nothing yet";
    return describe(*what.known_floor->known());
}

std::string describe_level(const explained& what) {
    std::string text(to_string(what.asked.level));
    const auto& l = what.allowed;
    const auto ms = l.level == consistency::eventual ? l.rule_lag_ms : l.max_lag_ms;
    const auto size = l.level == consistency::bounded ? l.max_lag_bytes : l.rule_lag_bytes;
    if (ms > 0) text += ", at most " + std::to_string(ms) + " ms behind";
    if (size > 0) text += ", at most " + std::to_string(size) + " bytes behind";
    return text;
}

std::string candidate(const cluster::node_state& node, const explained& what, node_id chosen) {
    std::string text = node.address.name + " (" + std::string(cluster::to_string(node.is)) + ", " +
                       describe(node.known);
    if (node.is == cluster::role::replica)
        text += ", " + std::to_string(node.lag_bytes) + " bytes and " + std::to_string(node.lag_ms) +
                " ms behind";
    if (node.read_limit != cluster::share_limit::none)
        text += ", " + std::to_string(node.read_percent) + " % of its reads: " +
                std::string(to_string(node.read_limit));
    if (!node.address.group.empty()) text += ", group " + node.address.group;
    text += "): ";
    if (node.id == chosen) return text + (node.drained ? "chosen, and waits: drained" : "chosen");
    if (node.is == cluster::role::primary) return text + "the primary";
    const auto against = objection(node, *what.known_floor, what.allowed);
    if (against == reason::read) return text + "would do as well";
    if (against == reason::behind_floor) return text + "behind the floor, or not the replica read before";
    if (against == reason::too_far_behind) return text + "lags more than allowed";
    if (!node.up) return text + "down";
    if (!node.trouble.empty()) return text + node.trouble;
    if (node.drained) return text + "drained";
    if (node.address.weight == 0) return text + "its weight is 0";
    if (node.is == cluster::role::replica) return text + "not in the group " + std::string(what.allowed.group);
    return text + "its role is not known";
}

struct outcome {
    node_id node;  // invalid: none
    std::string where;
    reason why = reason::read;
};

/// A balancer's turns are not used up: the copy takes them.
outcome outcome_of(const explained& what) {
    const auto judged = judge(what.asked);
    if (judged.is == verdict::reject) return {{}, "none", judged.why};
    if (what.wait_for_token > duration::zero()) return {{}, "none", reason::rate_limited};
    const bool kept = judged.is == verdict::keep;
    if (what.known == nullptr) {
        const bool replica = judged.is == verdict::replica;
        std::string where = replica ? "a replica" : "the primary";
        if (replica && !what.allowed.group.empty())
            where += " of the group " + std::string(what.allowed.group);
        return {{}, where, judged.why};
    }
    auto node = kept ? what.held_node : what.known->primary.value_or(node_id{});
    auto why = judged.why;
    if (judged.is == verdict::replica) {
        auto loads = *what.loads;
        const auto chosen = choose(*what.known, *what.known_floor, what.allowed, loads);
        why = chosen.why;
        if (chosen.replica) node = *chosen.replica;
    }
    const auto* found = what.known->find(node);
    return {node, found != nullptr ? found->address.name : "none: there is no primary", why};
}

}  // namespace

std::string describe_facts(const query::facts& f) {
    std::string text = f.read_only ? "a proved read" : "no proved read: ";
    if (!f.read_only) text += query::phrase(f.why_not);
    std::string list;
    for (const auto& relation : f.relations) list += (list.empty() ? "" : ", ") + relation;
    if (!list.empty()) text += "; names " + list;
    return text;
}

explanation explain(const explained& what) {
    const auto out = outcome_of(what);
    explanation rows;
    rows.emplace_back("node", out.where);
    rows.emplace_back("reason", with_phrase(out.why));
    rows.emplace_back("rule", describe(what.asked.by));
    if (what.shadow != nullptr) rows.emplace_back("shadow rule", describe(what.shadow));
    rows.emplace_back("facts", describe_facts(*what.asked.what));
    if (what.statement != nullptr && what.statement->shape) {
        rows.emplace_back("digest", to_string(what.statement->shape->shown));
        rows.emplace_back("digest text", what.statement->shape->text);
    }
    rows.emplace_back("consistency", describe_level(what));
    rows.emplace_back("floor", describe_floor(what));
    if (what.known != nullptr)
        for (const auto& node : what.known->nodes)
            if (!node.gone) rows.emplace_back("candidate", candidate(node, what, out.node));
    return rows;
}

}  // namespace weir::routing

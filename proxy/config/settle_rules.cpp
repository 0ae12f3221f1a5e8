// settle(): [[rule]].
#include <algorithm>

#include "config/settle_parts.hpp"

namespace weir::config {

namespace {

/// Every session that `b` matches is one that `a` matches.
bool covers(const routing::rule& a, const routing::rule& b) {
    return (a.user.empty() || a.user == b.user) &&
           (a.database.empty() || a.database == b.database) &&
           (a.application_name.empty() || a.application_name == b.application_name);
}

void judge_effect(const draft& d, const rule_draft& said, const std::string& path,
                  findings& found) {
    const routing::rule& r = said.rule;
    const std::string name = "rule \"" + r.name + "\"";
    if (!d.said(path + ".route") && !d.said(path + ".consistency")) {
        found.refuse(said.at, name + " does nothing", "give it a route or a consistency");
    }
    if (!r.message.empty() && r.route != routing::rule_route::reject) {
        found.refuse(d.where(path + ".message"), "message is only said with route = \"reject\"");
    }
    const bool asks_replicas =
        r.route == routing::rule_route::unsaid || r.route == routing::rule_route::replicas;
    if (r.level && !asks_replicas) {
        found.warn(d.where(path + ".consistency"),
                   "consistency changes nothing in " + name + ", which sends no read to a replica");
    }
}

}  // namespace

void settle_rules(draft& d, findings& found) {
    for (std::size_t i = 0; i < d.rules.size(); ++i) {
        rule_draft& said = d.rules[i];
        const std::string path = "rule." + std::to_string(i);
        if (said.rule.name.empty()) said.rule.name = "rule-" + std::to_string(i + 1);
        judge_effect(d, said, path, found);
        const auto& before = d.made.rules;
        if (std::any_of(before.begin(), before.end(),
                        [&](const routing::rule& r) { return r.name == said.rule.name; })) {
            found.refuse(said.at, "two rules have the name \"" + said.rule.name + "\"");
        }
        const auto first = std::find_if(before.begin(), before.end(), [&](const routing::rule& r) {
            return covers(r, said.rule);
        });
        if (first != before.end()) {
            found.warn(said.at, "rule \"" + said.rule.name + "\" never matches: \"" + first->name +
                                    "\" comes first and matches all that it would");
        }
        d.made.rules.push_back(said.rule);
    }
}

}  // namespace weir::config

// settle(): [[rule]]: what a rule says must be sound by itself. What it says beside other rules is
// lint_rules's business.
#include <algorithm>
#include <set>

#include "config/nearest.hpp"
#include "config/settle_parts.hpp"
#include "base/client_range.hpp"
#include "routing/digest_book.hpp"
#include "routing/rule_set.hpp"

namespace weir::config {

namespace {

void settle_matchers(const draft& d, rule_draft& said, const std::string& path, findings& found) {
    routing::rule& r = said.rule;
    query::digest digest;
    if (!r.digest.empty() && !routing::parse_digest(r.digest, digest)) {
        found.refuse(d.where(path + ".digest"), "digest must be 32 hexadecimal digits",
                     "SHOW DIGESTS and weir route tell them");
    }
    if (!r.regex.empty()) {
        if (const auto trouble = routing::regex_trouble(r.regex); !trouble.empty())
            found.refuse(d.where(path + ".regex"), "regex cannot be read: " + trouble);
    }
    if (!r.client.empty() && !client_range::parse(r.client)) {
        found.refuse(d.where(path + ".client"),
                     "client cannot be " + in_quotes(r.client),
                     "write a network as 10.0.0.0/8, without bits behind its mask, an address or unix");
    }
}

void settle_rate(const draft& d, rule_draft& said, const std::string& path, findings& found) {
    if (said.rate.empty()) {
        for (const auto* name : {".rate_burst", ".rate_per"})
            if (d.said(path + name))
                found.refuse(d.where(path + name), std::string(name + 1) + " needs rate_limit");
        return;
    }
    auto rate = routing::parse_rate(said.rate);
    if (!rate) {
        found.refuse(d.where(path + ".rate_limit"), "rate_limit cannot be " + in_quotes(said.rate),
                     "write a number and a time: 100/s, 30/min or 5/h");
        return;
    }
    rate->each = said.rate_scope;
    if (said.rate_burst > 0) rate->burst = said.rate_burst;
    said.rule.rate = *rate;
}

void settle_group(const draft& d, const rule_draft& said, const std::string& path, findings& found) {
    const std::string& group = said.rule.group;
    if (group.empty()) return;
    std::set<std::string_view> known;
    for (const auto& cluster : d.made.clusters)
        for (const auto& node : cluster.nodes)
            if (!node.address.group.empty()) known.insert(node.address.group);
    if (known.contains(group)) return;
    const std::vector<std::string_view> names(known.begin(), known.end());
    found.refuse(d.where(path + ".route"), "no node is in the group " + in_quotes(group),
                 names.empty() ? "write { conninfo = \"...\", group = \"" + group + "\" } in nodes"
                               : "the nearest known one is " + in_quotes(nearest(group, names)));
}

bool does_something(const draft& d, const std::string& path) {
    for (const auto* effect : {".route", ".consistency", ".max_lag_ms", ".max_lag_bytes", ".timeout_ms",
                               ".rate_limit", ".commit_outcome", ".log"})
        if (d.said(path + effect)) return true;
    return false;
}

void judge_effect(const draft& d, const rule_draft& said, const std::string& path,
                  findings& found) {
    const routing::rule& r = said.rule;
    const std::string name = "rule \"" + r.name + "\"";
    if (!does_something(d, path))
        found.refuse(said.at, name + " does nothing", "give it a route or a consistency");
    if (!r.message.empty() && r.route != routing::rule_route::reject) {
        found.refuse(d.where(path + ".message"), "message is only said with route = \"reject\"");
    }
    const bool asks_replicas =
        r.route == routing::rule_route::unsaid || r.route == routing::rule_route::replicas;
    if (asks_replicas) return;
    for (const auto* key : {"consistency", "max_lag_ms", "max_lag_bytes"}) {
        if (!d.said(path + "." + key)) continue;
        found.warn(d.where(path + "." + key), std::string(key) + " changes nothing in " + name +
                                                  ", which sends no read to a replica");
    }
}

}  // namespace

void settle_rules(draft& d, findings& found) {
    for (std::size_t i = 0; i < d.rules.size(); ++i) {
        rule_draft& said = d.rules[i];
        const std::string path = "rule." + std::to_string(i);
        if (said.rule.name.empty()) said.rule.name = "rule-" + std::to_string(i + 1);
        settle_matchers(d, said, path, found);
        settle_rate(d, said, path, found);
        settle_group(d, said, path, found);
        judge_effect(d, said, path, found);
        const auto& before = d.made.rules;
        if (std::any_of(before.begin(), before.end(),
                        [&](const routing::rule& r) { return r.name == said.rule.name; })) {
            found.refuse(said.at, "two rules have the name \"" + said.rule.name + "\"");
        }
        lint_rule(d, said, path, found);
        d.made.rules.push_back(said.rule);
    }
}

}  // namespace weir::config

#include <algorithm>

#include "admin/layout.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

using status::digest_report;
using status::rule_report;

const column<rule_report> rule_columns[] = {
    {"rule", [](const rule_report& r) { return text(r.name); }},
    {"mode", [](const rule_report& r) { return text(r.mode); }},
    {"matches", [](const rule_report& r) { return text(r.matchers); }},
    {"does", [](const rule_report& r) { return text(r.effect); }},
    {"hits", [](const rule_report& r) { return number(r.counts.hits); }},
    {"refused", [](const rule_report& r) { return number(r.counts.refused); }},
    // Of a shadow rule, what it would have done; of others nothing.
    {"would_go_to_primary", [](const rule_report& r) { return number(r.counts.to_primary); }},
    {"would_go_to_replica", [](const rule_report& r) { return number(r.counts.to_replica); }},
    {"would_be_refused", [](const rule_report& r) { return number(r.counts.to_refusal); }},
    {"comment", [](const rule_report& r) { return text(r.comment); }},
};

const column<digest_report> digest_columns[] = {
    {"digest", [](const digest_report& r) { return text(r.digest); }},
    {"calls", [](const digest_report& r) { return number(r.on_primary + r.on_replica + r.refused); }},
    {"on_primary", [](const digest_report& r) { return number(r.on_primary); }},
    {"on_replica", [](const digest_report& r) { return number(r.on_replica); }},
    {"repeated", [](const digest_report& r) { return number(r.repeated); }},
    {"refused", [](const digest_report& r) { return number(r.refused); }},
    {"learned", [](const digest_report& r) { return text(r.learned ? "yes" : "no"); }},
    // What makes it last: for the configuration.
    {"proposed_rule", [](const digest_report& r) {
         return text(r.learned ? "[[rule]]\ndigest = \"" + r.digest + "\"\nroute = \"primary\"" : "");
     }},
    {"text", [](const digest_report& r) { return r.text.empty() ? unknown() : text(r.text); }},
};

std::uint64_t calls(const digest_report& r) { return r.on_primary + r.on_replica + r.refused; }

}  // namespace

status::table show_rules(const status::report& now) { return lay_out(rule_columns, now.rules); }

status::table show_digests(const status::report& now) {
    auto by_calls = now.digests;
    std::sort(by_calls.begin(), by_calls.end(), [](const digest_report& a, const digest_report& b) {
        return calls(a) != calls(b) ? calls(a) > calls(b) : a.digest < b.digest;
    });
    return lay_out(digest_columns, by_calls);
}

}  // namespace weir::admin

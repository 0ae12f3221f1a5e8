#include <algorithm>
#include <cstdio>

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

cell milliseconds_of(double seconds) {
    char out[32];
    std::snprintf(out, sizeof out, "%.3f", seconds * 1000);
    return text(out);
}

histogram both_kinds(const digest_report& r) {
    auto sum = r.seconds[0];
    sum.merge(r.seconds[1]);
    return sum;
}

cell mean_of(const digest_report& r) {
    const auto sum = both_kinds(r);
    return sum.total() > 0 ? milliseconds_of(sum.sum_seconds / static_cast<double>(sum.total())) : unknown();
}

const column<digest_report> digest_columns[] = {
    {"digest", [](const digest_report& r) { return text(r.digest); }},
    {"calls", [](const digest_report& r) { return number(r.on_primary + r.on_replica + r.refused); }},
    {"on_primary", [](const digest_report& r) { return number(r.on_primary); }},
    {"on_replica", [](const digest_report& r) { return number(r.on_replica); }},
    {"repeated", [](const digest_report& r) { return number(r.repeated); }},
    {"refused", [](const digest_report& r) { return number(r.refused); }},
    {"learned", [](const digest_report& r) { return text(r.learned ? "yes" : "no"); }},
    {"errors", [](const digest_report& r) { return number(r.errors); }},
    {"rows", [](const digest_report& r) { return number(r.rows); }},
    {"primary_ms", [](const digest_report& r) { return milliseconds_of(r.seconds[0].sum_seconds); }},
    {"replica_ms", [](const digest_report& r) { return milliseconds_of(r.seconds[1].sum_seconds); }},
    {"mean_ms", [](const digest_report& r) { return mean_of(r); }},
    {"p99_ms", [](const digest_report& r) { return milliseconds_of(quantile(both_kinds(r), 0.99)); }},
    {"reason", [](const digest_report& r) { return text(to_string(r.last)); }},
    {"why_not", [](const digest_report& r) { return text(r.why_not); }},
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

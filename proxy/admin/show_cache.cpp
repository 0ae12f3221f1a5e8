// Caches, and positions as tokens.
#include "admin/layout.hpp"
#include "admin/show.hpp"
#include "cluster/token.hpp"

namespace weir::admin {
namespace {

struct cache_row {
    const char* cache;
    std::uint64_t entries;
    std::uint64_t bytes;
    std::uint64_t hits;
    std::uint64_t misses;
};

const column<cache_row> cache_columns[] = {
    {"cache", [](const cache_row& r) { return text(r.cache); }},
    {"entries", [](const cache_row& r) { return number(r.entries); }},
    {"bytes", [](const cache_row& r) { return number(r.bytes); }},
    {"hits", [](const cache_row& r) { return number(r.hits); }},
    {"misses", [](const cache_row& r) { return number(r.misses); }},
};

struct token_row {
    const status::cluster_report& cluster;
    const cluster::node_state* primary;  // null: none is known
};

const column<token_row> token_columns[] = {
    {"cluster", [](const token_row& r) { return text(r.cluster.name); }},
    {"token", [](const token_row& r) { return r.primary ? text(cluster::to_token(r.primary->known)) : unknown(); }},
    {"node", [](const token_row& r) { return r.primary ? text(r.primary->address.name) : unknown(); }},
    {"timeline", [](const token_row& r) { return r.primary ? number(r.primary->known.timeline) : unknown(); }},
    {"position", [](const token_row& r) { return r.primary ? text(to_string(r.primary->known.at)) : unknown(); }},
};

}  // namespace

status::table show_cache(const status::report& now) {
    const auto& sums = now.sums;
    const cache_row rows[] = {
        {"verdicts", sums.verdict_entries, sums.verdict_bytes, sums.verdict_hits, sums.verdict_misses},
        {"digests", sums.digest_entries, sums.digest_bytes, 0, sums.digests_forgotten},
    };
    return lay_out(cache_columns, rows);
}

status::table show_tokens(const status::report& now) {
    std::vector<token_row> rows;
    for (const auto& one : now.clusters)
        rows.push_back({one, one.known->primary ? one.known->find(*one.known->primary) : nullptr});
    return lay_out(token_columns, rows);
}

}  // namespace weir::admin

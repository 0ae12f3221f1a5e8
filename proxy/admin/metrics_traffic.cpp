#include <algorithm>
#include <set>
#include <vector>

#include "admin/metrics.hpp"
#include "admin/metrics_parts.hpp"
#include "admin/readable.hpp"
#include "admin/tally.hpp"

namespace weir::admin {
namespace {

constexpr std::string_view roles[] = {"primary", "replica"};

struct series_key {
    std::string cluster;
    std::string database;
    std::string node;

    auto operator<=>(const series_key&) const = default;
};

using series = std::map<series_key, status::traffic_report>;

void add(status::traffic_report& to, const status::traffic_report& from) {
    for (std::size_t i = 0; i < from.by_reason.size(); ++i) to.by_reason[i] += from.by_reason[i];
    for (const std::size_t role : {0, 1}) {
        to.seconds[role].merge(from.seconds[role]);
        to.at_node[role].merge(from.at_node[role]);
        to.reads[role] += from.reads[role];
        to.writes[role] += from.writes[role];
    }
}

/// The databases that are told by name.
std::set<std::string> told_databases(const status::report& now) {
    std::vector<std::pair<std::uint64_t, std::string>> by_use;
    for (const auto& [name, load] : load_by_database(now)) by_use.emplace_back(load.requests, name);
    const auto kept = std::min(by_use.size(), most_databases);
    const auto more_used = [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    };
    std::partial_sort(by_use.begin(), by_use.begin() + static_cast<std::ptrdiff_t>(kept),
                      by_use.end(), more_used);
    std::set<std::string> told;
    for (std::size_t i = 0; i < kept; ++i) told.insert(std::move(by_use[i].second));
    return told;
}

series series_of(const status::report& now, const std::set<std::string>& told) {
    series found;
    for (const auto& part : now.traffic) {
        auto name = readable_name(part.database);
        if (!told.contains(name)) name = "(other)";
        add(found[{part.cluster, std::move(name), part.node}], part);
    }
    return found;
}

void tell_queries(const series& all, const status::totals& sums, exposition& out) {
    out.family("weir_queries_total", "counter",
               "Requests, by the node that answered and why it was that one.");
    const auto tell = [&](const series_key& k, routing::reason why, std::uint64_t count) {
        out.sample({{"cluster", k.cluster},
                    {"database", k.database},
                    {"node", k.node},
                    {"role", role_by(why)},
                    {"reason", to_string(why)}},
                   count);
    };
    for (const auto& [key, part] : all) {
        for (std::size_t i = 0; i < part.by_reason.size(); ++i) {
            const auto why = static_cast<routing::reason>(i);
            if (part.by_reason[i] > 0) tell(key, why, part.by_reason[i]);
        }
    }
    // No node was asked, and of which database it was is not counted.
    tell({}, routing::reason::local, sums.answered_locally);
    if (sums.rejected > 0) tell({}, routing::reason::rule_reject, sums.rejected);
    if (sums.rate_limited > 0) tell({}, routing::reason::rate_limited, sums.rate_limited);
}

using part_of = std::array<histogram, 2> status::traffic_report::*;

void tell_histograms(const series& all, part_of which, exposition& out) {
    for (const auto& [key, part] : all) {
        for (const std::size_t role : {0, 1}) {
            const auto& told = (part.*which)[role];
            if (told.total() == 0) continue;
            out.sample(
                {{"cluster", key.cluster}, {"database", key.database}, {"node", key.node}, {"role", roles[role]}}, told);
        }
    }
}

void tell_seconds(const series& all, exposition& out) {
    out.family("weir_query_seconds", "histogram", "Time from the end of a request to the end of its answer.");
    tell_histograms(all, &status::traffic_report::seconds, out);
    out.family("weir_node_seconds", "histogram", "... of that, from when the node was sent the request.");
    tell_histograms(all, &status::traffic_report::at_node, out);
}

void tell_databases(const status::report& now, const std::set<std::string>& told, exposition& out) {
    std::map<std::string, status::database_traffic> sums;
    for (const auto& one : now.database_sums) {
        const auto name = readable_name(one.database);
        auto& sum = sums[told.contains(name) ? name : "(other)"];
        sum.transactions += one.transactions;
        sum.bytes_received += one.bytes_received;
        sum.bytes_sent += one.bytes_sent;
    }
    out.family("weir_transactions_total", "counter", "Transactions that have ended on a node, by database.");
    for (const auto& [name, sum] : sums) out.sample({{"database", name}}, sum.transactions);
    out.family("weir_database_bytes_total", "counter", "Bytes of clients' protocol, by database and direction.");
    for (const auto& [name, sum] : sums) {
        out.sample({{"database", name}, {"direction", "from_clients"}}, sum.bytes_received);
        out.sample({{"database", name}, {"direction", "to_clients"}}, sum.bytes_sent);
    }
}

void tell_loads(const status::report& now, exposition& out) {
    out.family("weir_node_requests_total", "counter",
               "Requests that a node answered: proved reads, and everything else as writes.");
    for (const auto& [key, load] : load_by_node(now)) {
        for (const std::size_t role : {0, 1}) {
            const auto tell = [&, &at = key](std::string_view kind, std::uint64_t count) {
                out.sample({{"cluster", at.first},
                            {"node", at.second},
                            {"role", roles[role]},
                            {"kind", kind}},
                           count);
            };
            tell("read", load.reads[role]);
            tell("write", load.writes[role]);
        }
    }
}

void tell_retries(const series& all, exposition& out) {
    std::uint64_t refused = 0;
    std::uint64_t lost = 0;
    for (const auto& [key, part] : all) {
        refused += part.by_reason[static_cast<std::size_t>(routing::reason::replica_refused)];
        lost += part.by_reason[static_cast<std::size_t>(routing::reason::replica_lost)];
    }
    out.family(
        "weir_retries_total", "counter",
        "Reads that a replica did not answer and the primary did: an error, or a lost connection.");
    out.sample({{"kind", "replica_refused"}}, refused);
    out.sample({{"kind", "replica_lost"}}, lost);
}

}  // namespace

void tell_traffic(const status::report& now, exposition& out) {
    const auto told = told_databases(now);
    const auto all = series_of(now, told);
    tell_queries(all, now.sums, out);
    tell_seconds(all, out);
    tell_databases(now, told, out);
    tell_loads(now, out);
    tell_retries(all, out);
}

}  // namespace weir::admin

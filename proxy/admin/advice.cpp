#include "admin/advice.hpp"

#include <algorithm>
#include <map>

#include "admin/readable.hpp"

namespace weir::admin {
namespace {

using routing::reason;

constexpr std::uint64_t least_calls = 20;      // of a statement, to say something of it
constexpr double noticed_queue_seconds = 1.0;  // waited by all together
constexpr double much_of_reads = 0.2;          // kept from replicas because those were behind

std::uint64_t count_of(const status::traffic_report& part, reason why) {
    return part.by_reason[static_cast<std::size_t>(why)];
}

std::string rule_for(const std::string& digest) { return "[[rule]]\ndigest = \"" + digest + "\"\nroute = \"replicas\""; }

/// Reads of one shape that run on the primary, and what would move them.
void look_at_digest(const status::digest_report& d, std::vector<advice>& found) {
    if (d.on_primary < least_calls || d.text.empty()) return;
    advice one{d.digest, {}, {}, d.seconds[0].sum_seconds, d.on_primary};
    switch (d.last) {
        case reason::transaction:
        case reason::held_primary:
            if (!d.read_only) return;
            one.finding = "a read inside transactions that may write: " + d.text;
            one.change = "[routing]\ntransactions = \"split\"";
            break;
        case reason::not_read_only:
            if (d.why_not.empty() || !d.selects) return;
            one.finding = "a SELECT that is no proved read (" + d.why_not + "): " + d.text;
            one.change = "# where you know that it changes nothing:\n" + rule_for(d.digest);
            break;
        case reason::unparsed:
            one.finding = "Weir does not understand it: " + d.text;
            one.change = "# where you know that it is a read:\n" + rule_for(d.digest);
            break;
        case reason::learned:
            one.finding = "a replica has refused it, so it stays on the primary: " + d.text;
            one.change = "# to keep that after a restart:\n[[rule]]\ndigest = \"" + d.digest + "\"\nroute = \"primary\"";
            one.seconds = 0;
            break;
        case reason::hint_primary:
            one.finding = "a hint keeps it on the primary: " + d.text;
            one.change = "# take the hint out of the program where the read need not see what it has just written";
            break;
        default: return;
    }
    found.push_back(std::move(one));
}

void look_at_freshness(const status::report& now, std::vector<advice>& found) {
    std::uint64_t behind = 0, lagging = 0, on_replicas = 0;
    double seconds = 0, requests = 0;
    for (const auto& part : now.traffic) {
        behind += count_of(part, reason::behind_floor) + count_of(part, reason::position_unknown);
        lagging += count_of(part, reason::too_far_behind);
        on_replicas += part.reads[1];
        seconds += part.seconds[0].sum_seconds;
        requests += static_cast<double>(part.seconds[0].total());
    }
    const double reads = static_cast<double>(behind + lagging + on_replicas);
    const double each = requests > 0 ? seconds / requests : 0;
    if (behind >= least_calls && static_cast<double>(behind) > much_of_reads * reads)
        found.push_back({"consistency", "reads go to the primary because no replica has reached yet what their session wrote",
                         "[routing]\ncausal_wait_ms = 20\n# or, where that is good enough:\nconsistency = \"bounded\"",
                         each * static_cast<double>(behind), behind});
    if (lagging >= least_calls)
        found.push_back({"replicas", "reads go to the primary because replicas are further behind than max_lag_ms",
                         "# look why replay is slow (SHOW NODES, lag_ms), or\n[routing]\nmax_lag_ms = 30000",
                         each * static_cast<double>(lagging), lagging});
}

/// A replica that serves next to nothing while others do.
void look_at_nodes(const status::report& now, std::vector<advice>& found) {
    std::map<std::pair<std::string, std::string>, std::uint64_t> reads;
    std::uint64_t all = 0;
    for (const auto& part : now.traffic) {
        reads[{part.cluster, part.node}] += part.reads[1];
        all += part.reads[1];
    }
    for (const auto& cluster : now.clusters)
        for (const auto& node : cluster.known->nodes) {
            if (node.is != cluster::role::replica || node.gone || node.drained || node.address.weight == 0) continue;
            const auto count = reads[{cluster.name, node.address.name}];
            if (all < 100 * least_calls || count * 100 > all) continue;
            found.push_back({node.address.name,
                             "a replica that is never fresh enough: " + std::to_string(count) + " of " +
                                 std::to_string(all) + " reads, " + std::to_string(node.lag_ms) + " ms behind",
                             "# look why it replays slowly; weight = 0 in its table of nodes leaves it out", 0, count});
        }
}

void look_at_pools(const status::report& now, std::vector<advice>& found) {
    for (const auto& one : now.database_sums) {
        if (one.queue_seconds < noticed_queue_seconds) continue;
        std::size_t size = 0;
        for (const auto& pool : now.pools)
            if (pool.cluster == one.cluster) size = std::max(size, pool.limit);
        found.push_back({readable(one.database),
                         "clients have waited " + std::to_string(static_cast<std::uint64_t>(one.queue_seconds)) +
                             " s for a connection",
                         "[pool]\nsize = " + std::to_string(2 * std::max<std::size_t>(size, 1)) +
                             "\n# as far as max_connections of the nodes allows",
                         0, one.transactions});
    }
}

}  // namespace

std::vector<advice> advise(const status::report& now) {
    std::vector<advice> found;
    for (const auto& d : now.digests) look_at_digest(d, found);
    look_at_freshness(now, found);
    look_at_pools(now, found);
    look_at_nodes(now, found);
    std::stable_sort(found.begin(), found.end(), [](const advice& a, const advice& b) { return a.seconds > b.seconds; });
    return found;
}

}  // namespace weir::admin

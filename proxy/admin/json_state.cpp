#include "admin/json_state.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "admin/advice.hpp"
#include "admin/readable.hpp"
#include "admin/tally.hpp"

namespace weir::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t most_digests = 1000;
constexpr std::size_t longest_text = 240;

json::string text(std::string_view of) { return json::string(readable(of)); }

json::object histogram_of(const histogram& h) {
    json::array counts;
    for (const auto count : h.counts) counts.emplace_back(count);
    return {{"counts", std::move(counts)}, {"sum", h.sum_seconds}};
}

histogram both(const std::array<histogram, 2>& of) {
    auto sum = of[0];
    sum.merge(of[1]);
    return sum;
}

double seconds_of(duration d) { return std::chrono::duration<double>(d).count(); }

json::array clusters_of(const status::report& now) {
    const auto loads = load_by_node(now);
    std::map<node_key, histogram> times;
    for (const auto& part : now.traffic) times[{part.cluster, part.node}].merge(both(part.at_node));
    json::array clusters;
    for (const auto& one : now.clusters) {
        json::array nodes;
        for (const auto& node : one.known->nodes) {
            if (node.gone) continue;
            const node_key key{one.name, node.address.name};
            const auto found = loads.find(key);
            const auto load = found == loads.end() ? node_load{} : found->second;
            nodes.push_back({{"name", text(node.address.name)},
                             {"host", text(node.address.host)},
                             {"port", node.address.port},
                             {"role", text(to_string(node.is))},
                             {"up", node.up},
                             {"timeline", node.known.timeline},
                             {"position", text(to_string(node.known.at))},
                             {"lag_bytes", node.lag_bytes},
                             {"lag_ms", node.lag_ms},
                             {"trouble", text(node.trouble)},
                             {"drained", node.drained},
                             {"weight", node.address.weight},
                             {"group", text(node.address.group)},
                             {"read_percent", node.read_percent},
                             {"reads", load.reads[0] + load.reads[1]},
                             {"writes", load.writes[0] + load.writes[1]},
                             {"connections", load.connections},
                             {"seconds", histogram_of(times[key])}});
        }
        clusters.push_back({{"name", text(one.name)}, {"nodes", std::move(nodes)}});
    }
    return clusters;
}

json::object totals_of(const status::report& now) {
    std::uint64_t reads_primary = 0, reads_replica = 0, writes = 0;
    histogram all;
    json::object reasons;
    std::array<std::uint64_t, routing::reason_count> counts{};
    for (const auto& part : now.traffic) {
        reads_primary += part.reads[0];
        reads_replica += part.reads[1];
        writes += part.writes[0] + part.writes[1];
        all.merge(both(part.seconds));
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += part.by_reason[i];
    }
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0) reasons[text(to_string(static_cast<routing::reason>(i)))] = counts[i];
    return {{"reads_on_primary", reads_primary},
            {"reads_on_replicas", reads_replica},
            {"writes", writes},
            {"stale_reads_avoided", now.sums.kept_from_stale},
            {"seconds", histogram_of(all)},
            {"reasons", std::move(reasons)},
            {"waits",
             {{"queue", histogram_of(now.sums.waits[0])},
              {"causal", histogram_of(now.sums.waits[1])},
              {"failover", histogram_of(now.sums.waits[2])}}}};
}

json::array pools_of(const status::report& now) {
    json::array pools;
    for (const auto& p : now.pools)
        pools.push_back({{"cluster", text(p.cluster)},
                         {"node", text(p.node)},
                         {"database", text(p.database)},
                         {"user", text(p.user)},
                         {"active", p.servers_active},
                         {"idle", p.servers_idle},
                         {"opening", p.servers_login},
                         {"waiting", p.clients_waiting},
                         {"size", p.limit},
                         {"longest_wait", seconds_of(p.longest_wait)}});
    return pools;
}

json::array rules_of(const status::report& now) {
    json::array rules;
    for (const auto& r : now.rules)
        rules.push_back({{"name", text(r.name)},
                         {"mode", text(r.mode)},
                         {"matches", text(r.matchers)},
                         {"does", text(r.effect)},
                         {"hits", r.counts.hits},
                         {"refused", r.counts.refused},
                         {"to_primary", r.counts.to_primary},
                         {"to_replica", r.counts.to_replica},
                         {"to_refusal", r.counts.to_refusal}});
    return rules;
}

std::string cut(const std::string& whole) {
    return whole.size() <= longest_text ? whole : whole.substr(0, longest_text) + "…";
}

json::array digests_of(const status::report& now) {
    std::vector<const status::digest_report*> order;
    for (const auto& d : now.digests) order.push_back(&d);
    const auto calls = [](const status::digest_report* d) { return d->on_primary + d->on_replica + d->refused; };
    std::sort(order.begin(), order.end(), [&](auto* a, auto* b) {
        return calls(a) != calls(b) ? calls(a) > calls(b) : a->digest < b->digest;
    });
    order.resize(std::min(order.size(), most_digests));
    json::array digests;
    for (const auto* d : order)
        digests.push_back({{"digest", text(d->digest)},
                           {"text", text(cut(d->text))},
                           {"on_primary", d->on_primary},
                           {"on_replica", d->on_replica},
                           {"repeated", d->repeated},
                           {"refused", d->refused},
                           {"errors", d->errors},
                           {"rows", d->rows},
                           {"primary_seconds", d->seconds[0].sum_seconds},
                           {"replica_seconds", d->seconds[1].sum_seconds},
                           {"counts", histogram_of(both(d->seconds))["counts"]},
                           {"reason", text(to_string(d->last))},
                           {"why_not", text(d->why_not)},
                           {"learned", d->learned}});
    return digests;
}

json::array advice_of(const status::report& now) {
    json::array all;
    for (const auto& a : advise(now))
        all.push_back({{"about", text(a.about)},
                       {"finding", text(cut(a.finding))},
                       {"change", text(a.change)},
                       {"seconds", a.seconds},
                       {"requests", a.count}});
    return all;
}

json::array events_of(const status::report& now) {
    json::array all;
    for (const auto& e : now.events) all.push_back({{"at", e.at_us}, {"kind", text(e.kind)}, {"text", text(e.text)}});
    return all;
}

}  // namespace

std::string state_as_json(const status::report& now) {
    json::object pins;
    for (const auto& [why, count] : now.sums.pins) pins[text(why)] = count;
    const auto load = load_of_clients(now);
    json::array bounds;
    for (const double bound : histogram::bounds_seconds) bounds.emplace_back(bound);
    json::object state{{"version", text(now.version)},
                       {"uptime", seconds_of(now.uptime)},
                       {"at", now.taken_at_us},
                       {"draining", now.draining},
                       {"reloads", now.reloads},
                       {"reloads_refused", now.reloads_refused},
                       {"workers", now.workers},
                       {"clients",
                        {{"all", now.clients},
                         {"limit", now.max_clients},
                         {"logging_in", load.login},
                         {"active", load.active},
                         {"waiting", load.waiting}}},
                       {"bounds", std::move(bounds)},
                       {"clusters", clusters_of(now)},
                       {"totals", totals_of(now)},
                       {"pools", pools_of(now)},
                       {"pins", std::move(pins)},
                       {"rules", rules_of(now)},
                       {"events", events_of(now)}};
    if (now.has_digests) {
        state["digests"] = digests_of(now);
        state["advice"] = advice_of(now);
    }
    return json::serialize(state);
}

std::string table_as_json(const status::table& what) {
    json::array columns, rows;
    for (const auto& name : what.columns) columns.emplace_back(text(name));
    for (const auto& row : what.rows) {
        json::array cells;
        for (const auto& cell : row) cells.emplace_back(cell ? json::value(text(*cell)) : json::value(nullptr));
        rows.emplace_back(std::move(cells));
    }
    return json::serialize(json::object{{"columns", std::move(columns)}, {"rows", std::move(rows)}});
}

}  // namespace weir::admin

// What a worker tells about itself. Runs on its own thread; the server adds the workers up.
#include "net/worker.hpp"

namespace weir::net {
namespace {

std::string list_pins(query::pin_cause causes) {
    std::string list;
    for (unsigned bit = 1; bit != 0 && bit <= 0x8000; bit <<= 1) {
        const auto one = static_cast<query::pin_cause>(bit);
        if (!query::any(causes & one)) continue;
        if (!list.empty()) list += ", ";
        list += query::phrase(one);
    }
    return list;
}

status::traffic_report& find_traffic(status::report& to, const tenant_pools& t, const std::string& node) {
    for (auto& r : to.traffic)
        if (r.cluster == t.whose.cluster && r.database == t.client_database && r.node == node) return r;
    to.traffic.push_back({});
    to.traffic.back().cluster = t.whose.cluster;
    to.traffic.back().database = t.client_database;
    to.traffic.back().node = node;
    return to.traffic.back();
}

void add_traffic(status::report& to, const tenant_pools& t) {
    const auto& nodes = t.counters.nodes();
    to.sums.answered_locally += t.counters.local();
    to.sums.audited_reads += t.counters.audited();
    to.sums.stale_reads += t.counters.stale();
    to.sums.waits[1].merge(t.counters.causal_waits());
    to.sums.rejected += t.counters.without_node(routing::reason::rule_reject);
    to.sums.rate_limited += t.counters.without_node(routing::reason::rate_limited);
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        auto& r = find_traffic(to, t, t.hub->address(node_id{static_cast<std::uint16_t>(n)}).name);
        for (std::size_t i = 0; i < r.by_reason.size(); ++i) r.by_reason[i] += nodes[n].by_reason[i];
        for (std::size_t i = 0; i < 2; ++i) {
            r.seconds[i].merge(nodes[n].seconds[i]);
            r.reads[i] += nodes[n].reads[i];
            r.writes[i] += nodes[n].writes[i];
        }
    }
}

status::pool_report& find_pool(status::report& to, const session::policy& policy, const tenant_pools& t,
                               const std::string& node) {
    for (auto& r : to.pools)
        if (r.cluster == t.whose.cluster && r.node == node && r.database == t.whose.database &&
            r.user == t.whose.user)
            return r;
    to.pools.push_back({t.whose.cluster, node, t.whose.database, t.whose.user});
    const auto said = policy.overrides.settle(t.whose.user, t.client_database).mode.value_or(policy.mode);
    to.pools.back().mode = said == routing::pool_mode::session ? "session" : "transaction";
    return to.pools.back();
}

void add_pools(status::report& to, const session::policy& policy, tenant_pools& t, instant now) {
    for (std::size_t n = 0; n < t.by_node.size(); ++n) {
        auto& p = t.by_node[n];
        if (!p) continue;
        auto& r = find_pool(to, policy, t, t.hub->address(node_id{static_cast<std::uint16_t>(n)}).name);
        r.clients_active += p->lent();
        r.clients_waiting += p->waiting();
        r.servers_active += p->lent();
        r.servers_idle += p->idle();
        r.servers_login += p->opening();
        r.limit = p->books().limit();
        r.longest_wait = std::max(r.longest_wait, p->longest_wait(now));
    }
}

status::rule_report& find_rule(status::report& to, const routing::rule& r) {
    for (auto& known : to.rules)
        if (known.name == r.name) return known;
    to.rules.push_back({r.name, !r.enabled ? "off" : r.shadow ? "shadow" : "live",
                        routing::describe_matchers(r), routing::describe_effect(r), r.comment});
    return to.rules.back();
}

void add_rules(status::report& to, const routing::rule_set& rules, const routing::rule_counters& counts) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto& r = find_rule(to, rules[i]);
        if (i < counts.size()) {
            r.counts.add(counts[i]);
            to.sums.rule_hits[r.name] += counts[i].hits;
        }
    }
}

void add_digests(status::report& to, const routing::digest_book& book) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < to.digests.size(); ++i) places[to.digests[i].digest] = i;
    book.for_each([&](const routing::digest_entry& e) {
        if (e.on_primary + e.on_replica + e.refused == 0) return;
        const auto [found, is_new] = places.try_emplace(query::to_string(e.shown), to.digests.size());
        if (is_new) to.digests.push_back({found->first, e.text});
        auto& r = to.digests[found->second];
        r.on_primary += e.on_primary;
        r.on_replica += e.on_replica;
        r.repeated += e.repeated;
        r.refused += e.refused;
        r.learned = r.learned || e.learned;
    });
}

}  // namespace

void worker::report_into(status::report& to, bool with_clients, instant at) {
    desk_.for_each_tenant([&](tenant_pools& t) {
        add_traffic(to, t);
        add_pools(to, *settings_.policy, t, at);
    });
    to.sums.bytes_from_clients += bytes_in;
    to.sums.bytes_to_clients += bytes_out;
    to.sums.bytes_from_nodes += desk_.bytes_in;
    to.sums.bytes_to_nodes += desk_.bytes_out;
    to.sums.verdict_hits += verdicts_.counts().hits;
    to.sums.verdict_misses += verdicts_.counts().misses;
    to.sums.verdict_bytes += verdicts_.used_bytes();
    to.sums.cancels += cancels_;
    to.sums.cancels_dropped += cancels_dropped_;
    to.sums.logins_refused += logins_refused;
    to.sums.waits[0].merge(desk_.queue_waits);
    add_rules(to, settings_.policy->rules, environment_.rule_counts);
    if (with_clients) add_digests(to, environment_.digests);
    for (const auto& f : frontends_) {
        if (!f) continue;
        ++to.clients;
        to.clients_logging_in += f->ticket != 0;
        const auto& m = f->machine();
        for (unsigned bit = 1; bit <= 0x8000; bit <<= 1) {
            const auto one = static_cast<query::pin_cause>(bit);
            if (query::any(m.pins() & one)) ++to.sums.pins[std::string(query::phrase(one))];
        }
        if (!with_clients) continue;
        status::client_report r;
        r.user = m.who().user;
        r.database = m.who().database;
        r.application_name = m.who().application_name;
        r.address = f->address();
        r.state = std::string(session::to_string(m.now_in()));
        if (m.has_lease() && f->tenant() != nullptr)
            r.node = f->tenant()->hub->address(m.lease_node()).name;
        r.pins = list_pins(m.pins());
        if (const auto* log = m.pinned())
            for (const auto& p : log->all())
                r.pinned.push_back({std::string(query::phrase(p.cause)), at - p.since, query::to_string(p.by)});
        r.in_transaction = m.in_transaction();
        r.encrypted = f->encrypted();
        r.worker = number_;
        r.pid = f->pid();
        r.age = at - f->since();
        to.clients_list.push_back(std::move(r));
    }
}

}  // namespace weir::net

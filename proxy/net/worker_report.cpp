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

status::database_traffic& find_database(status::report& to, const tenant_pools& t) {
    for (auto& r : to.database_sums)
        if (r.cluster == t.whose.cluster && r.database == t.client_database) return r;
    to.database_sums.push_back({t.whose.cluster, t.client_database});
    return to.database_sums.back();
}

void add_traffic(status::report& to, const tenant_pools& t) {
    const auto& nodes = t.counters.nodes();
    to.sums.answered_locally += t.counters.local();
    to.sums.audited_reads += t.counters.audited();
    to.sums.stale_reads += t.counters.stale();
    to.sums.waits[1].merge(t.counters.causal_waits());
    to.sums.waits[2].merge(t.counters.holds());
    to.sums.kept_from_stale += t.counters.kept_from_stale();
    auto& all = find_database(to, t);
    all.transactions += t.counters.transactions();
    all.bytes_received += t.counters.bytes_received;
    all.bytes_sent += t.counters.bytes_sent;
    all.queue_seconds += t.counters.queue_seconds();
    to.sums.rejected += t.counters.without_node(routing::reason::rule_reject);
    to.sums.rate_limited += t.counters.without_node(routing::reason::rate_limited);
    for (std::size_t n = 0; n < nodes.size(); ++n) {
        auto& r = find_traffic(to, t, t.hub->address(node_id{static_cast<std::uint16_t>(n)}).name);
        for (std::size_t i = 0; i < r.by_reason.size(); ++i) r.by_reason[i] += nodes[n].by_reason[i];
        for (std::size_t i = 0; i < 2; ++i) {
            r.seconds[i].merge(nodes[n].seconds[i]);
            r.at_node[i].merge(nodes[n].at_node[i]);
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
        if (is_new) {
            to.digests.emplace_back();
            to.digests.back().digest = found->first;
            to.digests.back().text = e.text;
        }
        auto& r = to.digests[found->second];
        r.on_primary += e.on_primary;
        r.on_replica += e.on_replica;
        r.repeated += e.repeated;
        r.refused += e.refused;
        r.learned = r.learned || e.learned;
        r.errors += e.errors;
        r.rows += e.rows;
        for (std::size_t i = 0; i < 2; ++i) r.seconds[i].merge(e.seconds[i]);
        r.last = e.last;
        r.read_only = e.read_only;
        r.selects = e.kind == query::statement_kind::read;
        if (!e.read_only) r.why_not = query::phrase(e.why_not);
    });
}

std::string_view state_of(const backend& b) {
    switch (b.now) {
        case backend::state::lent: return "active";
        case backend::state::idle: return "idle";
        case backend::state::cleaning: return "cleaning";
        case backend::state::moving: return "moving";
        case backend::state::closed: break;
    }
    return "closed";
}

void add_server(status::report& to, const backend& b, unsigned worker, instant at) {
    if (b.owner == nullptr) return;
    const auto& whose = b.owner->whose;
    const auto address = b.owner->hub->address(b.node);
    status::server_report r;
    r.user = whose.user;
    r.database = whose.database;
    r.cluster = whose.cluster;
    r.node = address.name;
    r.host = address.host;
    r.port = address.port;
    r.state = state_of(b);
    r.pid = b.pid;
    r.id = b.id.value;
    if (b.user != nullptr) r.client_pid = b.user->client_pid();
    r.age = at - b.opened;
    r.encrypted = b.transport->encrypted();
    r.worker = worker;
    to.servers.push_back(std::move(r));
}

}  // namespace

result<status::table> worker::explain(const std::string& statement, const std::string& user, const std::string& database) {
    const auto hub = hub_for(database);
    if (hub >= hubs_.size())
        return fault{sqlstate::invalid_catalog_name, "database \"" + database + "\" is not in Weir's configuration", "",
                     "SHOW DATABASES tells which ones are."};
    session::identity who;
    who.user = user;
    who.database = database;
    session::session asked(environment_, {}, now());
    session::identified where{nullptr, 0, {}, nullptr, &hubs_[hub].view};
    // In which search_path its connections begin is known once there was one.
    desk_.for_each_tenant([&](const tenant_pools& t) {
        if (t.client_database == database && hub_index(t) == hub) where.search_path = &t.start_path;
    });
    where.catalog = catalog_at(hub, database);
    auto told = asked.explain_as(std::make_shared<const session::identity>(std::move(who)), where, statement, now());
    status::table answer;
    answer.columns.assign(told.columns.begin(), told.columns.end());
    for (auto& row : told.rows) answer.rows.emplace_back(row.begin(), row.end());
    return answer;
}

void worker::report_into(status::report& to, status::extent with, instant at) {
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
    to.sums.verdict_entries += verdicts_.entries();
    to.sums.digest_entries += environment_.digests.entries();
    to.sums.digest_bytes += environment_.digests.used_bytes();
    to.sums.digests_forgotten += environment_.digests.forgotten();
    if (with.digests) add_digests(to, environment_.digests);
    if (with.servers) desk_.for_each_backend([&](const backend& b) { add_server(to, b, number_, at); });
    for (const auto& f : frontends_) {
        if (!f) continue;
        ++to.clients;
        to.clients_logging_in += f->ticket != 0;
        const auto& m = f->machine();
        for (unsigned bit = 1; bit <= 0x8000; bit <<= 1) {
            const auto one = static_cast<query::pin_cause>(bit);
            if (query::any(m.pins() & one)) ++to.sums.pins[std::string(query::phrase(one))];
        }
        if (!with.clients) continue;
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

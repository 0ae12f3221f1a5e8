#include "admin/metrics.hpp"

#include <algorithm>

#include "admin/exposition.hpp"
#include "admin/metrics_parts.hpp"
#include "admin/readable.hpp"
#include "admin/tally.hpp"

namespace weir::admin {
namespace {

double seconds_of(duration d) { return std::chrono::duration<double>(d).count(); }

void tell_process(const status::report& now, exposition& out) {
    out.family("weir_build_info", "gauge", "Always 1; the version is in the label.");
    out.sample({{"version", now.version}}, std::uint64_t{1});
    out.family("weir_uptime_seconds", "gauge", "Since the process began to serve.");
    out.sample({}, seconds_of(now.uptime));
    out.family("weir_workers", "gauge", "Threads that serve clients.");
    out.sample({}, std::uint64_t{now.workers});
    out.family("weir_draining", "gauge", "1 while Weir is shutting down.");
    out.sample({}, std::uint64_t{now.draining});
    out.family("weir_reloads_total", "counter",
               "Configurations read again, by what became of them.");
    out.sample({{"result", "taken"}}, now.reloads);
    out.sample({{"result", "refused"}}, now.reloads_refused);
}

void tell_clients(const status::report& now, exposition& out) {
    const auto load = load_of_clients(now);
    out.family("weir_clients", "gauge",
               "Clients: logging in, active on a connection to a node, waiting for one, or idle.");
    out.sample({{"state", "login"}}, std::uint64_t{load.login});
    out.sample({{"state", "active"}}, std::uint64_t{load.active});
    out.sample({{"state", "waiting"}}, std::uint64_t{load.waiting});
    out.sample({{"state", "idle"}}, std::uint64_t{load.idle});
    out.family("weir_max_clients", "gauge", "The configured limit of clients.");
    out.sample({}, std::uint64_t{now.max_clients});
    out.family("weir_clients_accepted_total", "counter", "Clients that were let in.");
    out.sample({}, now.sums.clients_accepted);
    out.family("weir_clients_refused_total", "counter", "Clients refused because of max_clients.");
    out.sample({}, now.sums.clients_refused);
    out.family("weir_logins_refused_total", "counter", "Clients that were not let in, for whatever reason.");
    out.sample({}, now.sums.logins_refused);
    out.family("weir_buffer_bytes", "gauge", "Bytes that are kept of clients, and for them.");
    out.sample({}, now.sums.buffer_bytes);
}

void tell_sums(const status::totals& sums, exposition& out) {
    out.family("weir_bytes_total", "counter", "Bytes of the protocol, by direction.");
    out.sample({{"direction", "from_clients"}}, sums.bytes_from_clients);
    out.sample({{"direction", "to_clients"}}, sums.bytes_to_clients);
    out.sample({{"direction", "from_nodes"}}, sums.bytes_from_nodes);
    out.sample({{"direction", "to_nodes"}}, sums.bytes_to_nodes);
    out.family("weir_wait_seconds", "histogram",
               "Time that requests waited: for a connection, a replica's position, a primary.");
    constexpr const char* stages[] = {"queue", "causal", "failover"};
    for (std::size_t i = 0; i < sums.waits.size(); ++i)
        out.sample({{"stage", stages[i]}}, sums.waits[i]);
    out.family("weir_audited_reads_total", "counter",
               "Reads ahead of which the replica was asked for its position (audit_every).");
    out.sample({}, sums.audited_reads);
    out.family("weir_stale_reads_total", "counter",
               "Audited reads whose replica was behind the session's floor: stays 0.");
    out.sample({}, sums.stale_reads);
    out.family("weir_stale_reads_avoided_total", "counter",
               "Reads for which a replica was passed over that was behind what their session had seen.");
    out.sample({}, sums.kept_from_stale);
    out.family("weir_pins", "gauge",
               "Clients that keep their connection between transactions, by why.");
    for (const auto& [why, count] : sums.pins) out.sample({{"reason", readable(why)}}, count);
    out.family("weir_rule_hits_total", "counter",
               "Requests that a rule of the configuration matched, or a shadow rule would have.");
    for (const auto& [rule, count] : sums.rule_hits) out.sample({{"rule", readable(rule)}}, count);
    out.family("weir_cancels_total", "counter", "Cancel requests of clients.");
    out.sample({}, sums.cancels);
    out.family("weir_cancels_dropped_total", "counter", "Cancel requests beyond cancels_per_second.");
    out.sample({}, sums.cancels_dropped);
    out.family("weir_peer_cancels_total", "counter",
               "Cancel requests for clients of other Weirs, by what became of them.");
    out.sample({{"outcome", "passed_on"}}, sums.peers.passed_on);
    out.sample({{"outcome", "failed"}}, sums.peers.failed);
    out.sample({{"outcome", "dropped"}}, sums.peers.dropped);
    out.sample({{"outcome", "unknown_peer"}}, sums.peers.unknown);
    out.family("weir_verdict_cache_lookups_total", "counter",
               "Statements looked up in the cache of verdicts, by whether they were there.");
    out.sample({{"result", "hit"}}, sums.verdict_hits);
    out.sample({{"result", "miss"}}, sums.verdict_misses);
    out.family("weir_digests", "gauge", "Shapes of statements that are counted, over all workers.");
    out.sample({}, std::uint64_t{sums.digest_entries});
    out.family("weir_verdict_cache_bytes", "gauge", "Memory of the cache of verdicts.");
    out.sample({}, std::uint64_t{sums.verdict_bytes});
}

}  // namespace

std::string metrics_text(const status::report& now) {
    exposition out;
    tell_process(now, out);
    tell_clients(now, out);
    tell_nodes(now, out);
    tell_traffic(now, out);
    tell_sums(now.sums, out);
    return out.take();
}

}  // namespace weir::admin

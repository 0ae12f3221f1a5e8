// report: what the running Weir is doing, as one value gathered from all workers: the counterpart of the
// configuration. Made by net, read by admin.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.hpp"
#include "base/instant.hpp"
#include "cluster/snapshot.hpp"
#include "pool/holds.hpp"
#include "routing/reason.hpp"
#include "routing/rule_counters.hpp"

namespace weir::status {

struct cluster_report {
    std::string name;
    cluster::snapshot_ptr known;  // never null
};

/// Traffic of one (cluster, database, node), summed over workers.
struct traffic_report {
    std::string cluster;
    std::string database;  // as clients say it
    std::string node;      // the node's configured name
    std::array<std::uint64_t, routing::reason_count> by_reason{};
    std::array<histogram, 2> seconds{};      // [0] while primary, [1] while replica
    std::array<histogram, 2> at_node{};      // ... of that, from when the node was sent the request
    std::array<std::uint64_t, 2> reads{};    // proved reads, same index
    std::array<std::uint64_t, 2> writes{};   // everything else
};

/// Traffic of one database, whichever node it was on.
struct database_traffic {
    std::string cluster;
    std::string database;  // as clients say it
    std::uint64_t transactions = 0;
    std::uint64_t bytes_received = 0;  // from clients
    std::uint64_t bytes_sent = 0;
    double queue_seconds = 0;  // waited for a connection
};

struct pool_report {
    std::string cluster;
    std::string node;
    std::string database;
    std::string user;
    std::size_t clients_active = 0;   // on a lease
    std::size_t clients_waiting = 0;
    std::size_t servers_active = 0;   // lent
    std::size_t servers_idle = 0;
    std::size_t servers_login = 0;    // being opened
    std::size_t limit = 0;
    duration longest_wait{};
    std::string mode = "transaction";
};

/// One [database] of the configuration; name "*" is any other.
struct database_report {
    std::string name;    // as clients say it
    std::string dbname;  // at the nodes; empty: as is
    std::string cluster;
    std::string mode = "transaction";
    std::size_t pool_size = 0;
};

/// Why a client keeps its connection.
struct pin_report {
    std::string reason;
    duration held{};      // since the statement began
    std::string digest;   // of that statement
};

struct client_report {
    std::string user;
    std::string database;
    std::string application_name;
    std::string address;      // host:port or "unix"
    std::string state;        // to_string(session::phase)
    std::string node;         // of its lease, empty without one
    std::string pins;         // reasons, comma-separated
    std::vector<pin_report> pinned = {};
    bool in_transaction = false;
    bool encrypted = false;
    unsigned worker = 0;
    std::uint32_t pid = 0;    // as told to the client
    duration age{};
    std::string local_address;  // where it connected to: host:port or "unix"; empty: not known
    duration waiting{};         // for a connection, now
    std::optional<duration> since_request;  // since its last request began; nothing: not known
};

/// One [[rule]], in the order of the configuration; its counts summed over workers.
struct rule_report {
    std::string name;
    std::string mode;      // "live", "shadow" or "off"
    std::string matchers;  // routing::describe_matchers()
    std::string effect;
    std::string comment;
    routing::rule_counts counts = {};
};

/// One shape of statement, summed over the workers that remember it.
struct digest_report {
    std::string digest;
    std::string text;  // empty: literals cannot be told from it
    std::uint64_t on_primary = 0;
    std::uint64_t on_replica = 0;
    std::uint64_t repeated = 0;  // of those on the primary: a replica did not answer
    std::uint64_t refused = 0;   // by a rule
    bool learned = false;        // a replica has refused it: it goes to the primary
    std::uint64_t errors = 0;
    std::uint64_t rows = 0;
    std::array<histogram, 2> seconds = {};  // [0] on the primary, [1] on replicas
    routing::reason last = routing::reason::read;
    bool read_only = false;  // proved
    bool selects = false;    // SELECT, VALUES or TABLE
    std::string why_not = {};  // what keeps it from being a proved read
};

/// One connection to a node.
struct server_report {
    std::string user;
    std::string database;
    std::string cluster;
    std::string node;
    std::string host;
    unsigned port = 0;
    std::string state;      // active, idle, cleaning
    std::uint32_t pid = 0;  // of the server's process
    std::uint64_t id = 0;
    std::uint32_t client_pid = 0;  // who has it; 0: nobody
    duration age{};
    bool encrypted = false;
    unsigned worker = 0;
};

/// A key of the configuration as it is in force.
struct config_report {
    std::string key;
    std::string value;     // "***" where it is a secret that is set
    std::string fallback;
    bool at_run_time = true;  // a reload takes it over
};

/// Something that an operator wants to know of afterwards.
struct event_report {
    std::int64_t at_us = 0;  // since 1970, UTC
    std::string kind;        // role, node, reload, drain, learned
    std::string text;
};

struct reload_report {
    std::int64_t at_us = 0;
    bool taken = false;
    std::vector<std::string> lines;  // what has changed, or why it was refused
    std::vector<std::string> diff;   // of the file: "-" and "+" before each line, secrets left out
};

/// Cancel requests for clients of other Weirs.
struct peer_totals {
    std::uint64_t passed_on = 0;
    std::uint64_t failed = 0;   // not reached, or no end seen in time
    std::uint64_t dropped = 0;  // too many under way, or the same one came back
    std::uint64_t unknown = 0;  // for a peer that is not in the configuration
};

struct totals {
    std::uint64_t clients_accepted = 0;
    std::uint64_t clients_refused = 0;  // over max_clients
    std::uint64_t logins_refused = 0;   // whoever was not let in, for whatever reason
    std::size_t buffer_bytes = 0;       // held for clients, to within 64 KiB a worker
    std::uint64_t bytes_from_clients = 0;
    std::uint64_t bytes_to_clients = 0;
    std::uint64_t bytes_from_nodes = 0;
    std::uint64_t bytes_to_nodes = 0;
    std::uint64_t verdict_hits = 0;
    std::uint64_t verdict_misses = 0;
    std::size_t verdict_bytes = 0;
    std::size_t verdict_entries = 0;
    std::size_t digest_entries = 0;
    std::size_t digest_bytes = 0;
    std::uint64_t digests_forgotten = 0;
    std::uint64_t cancels = 0;  // with a right key
    std::uint64_t cancels_dropped = 0;  // more than one address may send
    peer_totals peers;
    std::uint64_t answered_locally = 0;
    std::uint64_t audited_reads = 0;  // the replica was asked where it is
    std::uint64_t stale_reads = 0;    // ... and was not where it was known to be
    std::uint64_t kept_from_stale = 0;  // reads for which a replica was passed over that was behind their floor
    std::uint64_t rejected = 0;      // by a rule
    std::uint64_t rate_limited = 0;
    std::array<histogram, 3> waits{};  // queue, causal, failover
    std::map<std::string, std::uint64_t> pins;  // live, by reason
    std::map<std::string, std::uint64_t> rule_hits;  // by the rule's name, those never hit included
};

/// Lists that are long, or dear to make: only where asked for.
struct extent {
    bool clients = false;
    bool digests = false;
    bool servers = false;
    bool settings = false;
    bool past = false;  // events and reloads
};

struct report {
    std::string version;
    std::string config_file;
    duration uptime{};
    std::int64_t taken_at_us = 0;  // microseconds since 1970, UTC; 0: not known
    unsigned workers = 0;
    std::size_t clients = 0;
    std::size_t clients_logging_in = 0;  // of those
    std::size_t max_clients = 0;
    bool draining = false;
    std::uint64_t reloads = 0;         // that were taken over
    std::uint64_t reloads_refused = 0;
    pool::holds paused;
    std::vector<cluster_report> clusters;
    std::vector<traffic_report> traffic;
    std::vector<database_traffic> database_sums;
    std::vector<pool_report> pools;
    std::vector<database_report> databases;
    std::vector<rule_report> rules;
    std::vector<client_report> clients_list;  // where asked for, as all that follow but sums
    std::vector<digest_report> digests;
    bool has_digests = false;
    std::vector<server_report> servers;
    std::vector<config_report> settings;
    std::vector<event_report> events;    // the last ones, the oldest first
    std::vector<reload_report> reloads_lately;
    totals sums;
};

}  // namespace weir::status

// environment: what a worker lends all its sessions: caches, the policy in force, what is known of the
// cluster. Plain values and pure classes; valid for the life of the worker.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "auth/hba_rules.hpp"
#include "auth/name_map.hpp"
#include "cluster/snapshot.hpp"
#include "query/catalog_view.hpp"
#include "query/verdict_cache.hpp"
#include "routing/balancer.hpp"
#include "routing/digest_book.hpp"
#include "routing/overrides.hpp"
#include "routing/policy.hpp"
#include "routing/rule_counters.hpp"
#include "routing/rule_set.hpp"
#include "session/cycle.hpp"
#include "session/extended_state.hpp"
#include "session/identity.hpp"
#include "session/learned_set.hpp"
#include "session/parameters.hpp"
#include "session/proved_parses.hpp"
#include "session/settings.hpp"
#include "session/statement.hpp"
#include "session/user_secret.hpp"

namespace weir::session {

/// verify_ca: a client shows a certificate that Weir's `ca` signs; verify_full: ... of its user's name. None of it
/// counts for Unix sockets.
enum class tls_need : std::uint8_t { off, allow, require, verify_ca, verify_full };

/// How long a client may take, and a node for a client's request; 0: as long as they like.
struct time_limits {
    milliseconds client_idle{0};  // out of a transaction
    milliseconds idle_in_transaction{0};
    milliseconds query{0};
};

/// What a reload may change; replaced as a whole, counted by generation.
struct policy {
    std::uint64_t generation = 0;
    routing::policy_settings routing;
    routing::rule_set rules;
    std::size_t cycle_limit_bytes = 256 * 1024;
    std::size_t prepared_per_backend = 1000;
    milliseconds login_timeout{60000};
    milliseconds slow_statement{0};  // 0: none is told of
    bool logs_literals = false;      // ... with its text
    bool logs_connections = false;
    time_limits limits;
    tls_need tls = tls_need::off;
    /// currval and lastval keep the connection after what may have drawn from a sequence.
    bool keeps_sequences = false;
    routing::pool_mode mode = routing::pool_mode::transaction;
    routing::override_table overrides;
    auth::hba_rules access = auth::hba_rules::same_for_all(auth::method::scram_sha_256);
    std::vector<auth::own_address> own_addresses = {};
    auth::name_map names = auth::name_map();
    std::map<std::string, user_secret, std::less<>> users;  // of the users file
    bool asks_nodes_for_secrets = false;                    // of all others
    std::vector<std::string> admin_users;
    std::vector<std::string> stats_users;
};

/// One cluster as a worker sees it; which one a session uses follows from its database.
struct cluster_view {
    cluster::snapshot_ptr known;  // never null
    routing::balancer loads;
};

struct environment {
    std::shared_ptr<const policy> rules_in_force;
    query::verdict_cache& verdicts;
    statement_store& statements;
    settings_store& settings;
    parameter_store& parameters;
    cycle_pool& cycles;
    proved_parses& proved;
    learned_set& learned;
    /// Appends n random bytes from a cryptographic source.
    std::function<bytes(std::size_t n)> random;
    /// Secret of the process for mock authentication.
    bytes process_key;
    /// A line for the debug log about one decision; null where debug is off.
    std::function<void(std::string_view)> explain;
    /// A line for the log about a request that met a rule with `log`.
    std::function<void(std::string_view)> log = {};
    /// ... about one that took long.
    std::function<void(std::string_view)> log_slow = {};
    /// How long who comes from there as this user has to wait before it is asked for a secret; null: not at all.
    std::function<milliseconds(std::string_view address, std::string_view user)> login_delay = {};
    /// Its secret was not the right one.
    std::function<void(std::string_view address, std::string_view user)> login_failed = {};
    routing::digest_book digests = routing::digest_book();
    routing::rule_counters rule_counts = {};
    std::vector<std::uint16_t> shadow_rules = {};  // of the cycle that is being judged
    query::scope_store scopes = {};
    identity_store identities = {};
    extended_pool extended = {};
    std::uint64_t reads_on_replicas = 0;  // for audits
};

}  // namespace weir::session

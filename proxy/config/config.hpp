// config: the whole configuration as one validated, fully resolved value. Made by load();
// everything else only reads it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/hba_rules.hpp"
#include "auth/name_map.hpp"
#include "base/instant.hpp"
#include "cluster/health.hpp"
#include "cluster/snapshot.hpp"
#include "config/complaint.hpp"
#include "config/tcp_settings.hpp"
#include "routing/overrides.hpp"
#include "routing/policy.hpp"

namespace weir::config {

/// "127.0.0.1:6432", "[::1]:6432", "unix:/run/weir" (a directory; the socket is .s.PGSQL.<port>,
/// port of the first TCP address, else 6432; a second part "unix:/run/weir:7000" names it).
struct listen_address {
    bool is_unix = false;
    std::string host;  // address, or directory
    std::uint16_t port = 0;

    bool operator==(const listen_address&) const = default;
};

/// Another Weir: where cancel requests for its clients go. host may be a name.
struct peer_settings {
    unsigned id = 0;
    listen_address address;

    bool operator==(const peer_settings&) const = default;
};

enum class client_tls : std::uint8_t { off, allow, require, verify_ca, verify_full };
enum class node_tls : std::uint8_t { disable, prefer, require, verify_ca, verify_full };
using routing::pool_mode;
enum class log_format : std::uint8_t { text, json };

struct server_settings {
    std::vector<listen_address> listen;
    unsigned workers = 0;  // resolved: never 0 after load
    std::optional<listen_address> http;
    std::string http_token;  // empty: HTTP serves this machine only
    std::string user;        // to become, where started as root; empty: nobody else
    std::size_t max_clients = 10000;
    std::size_t max_logging_in = 4000;
    std::size_t max_logging_in_per_address = 2000;
    milliseconds failed_login_delay{1000};
    std::size_t cancels_per_second = 200;  // of one address; 0: no limit
    milliseconds login_timeout{60000};
    milliseconds client_idle_timeout{0};  // 0: none, as of the next two
    milliseconds idle_in_transaction_timeout{0};
    milliseconds query_timeout{0};
    milliseconds drain_timeout{30000};
    std::size_t max_buffer_bytes = std::size_t{1} << 30;
    std::string handover;  // path of a Unix socket; empty: none
    milliseconds handover_wait{60000};
    milliseconds drain_delay{0};
    std::size_t cycle_limit_bytes = 256 * 1024;  // a larger cycle is not judged: primary
    std::size_t parse_limit_bytes = 64 * 1024;   // longer text is not parsed: primary
    std::size_t verdict_cache_bytes = 8 << 20;   // per worker
    std::size_t catalog_cache_bytes = 128 << 20;  // of all databases
    std::size_t prepared_per_backend = 1000;     // statements kept prepared on one connection
    unsigned peer_id = 0;                        // 0: no other Weir knows this one
    std::vector<peer_settings> peers;            // by number; this Weir may be among them

    bool operator==(const server_settings&) const = default;
};

/// auth_query: how a node is asked for the secrets of users that the users file does not name.
struct secret_query {
    std::string statement;  // empty: nobody is asked
    std::string user;       // empty: the cluster's probe_user
    std::string password;
    std::string database;   // empty: the cluster's probe_database
    milliseconds kept{10000};
    milliseconds absence_kept{1000};

    bool operator==(const secret_query&) const = default;
};

struct auth_settings {
    auth::method method = auth::method::scram_sha_256;
    std::string hba_file;    // empty: `method` is that of all
    std::string ident_file;
    std::string users_file;
    auth::hba_rules rules = auth::hba_rules::same_for_all(auth::method::scram_sha_256);
    auth::name_map names = auth::name_map();
    std::string rules_text;  // of hba_file and ident_file with all that they include, to see what a reload changes
    /// name -> password or "SCRAM-SHA-256$..." or "md5...", from the users file.
    std::map<std::string, std::string> users;
    secret_query query;
    std::vector<std::string> admin_users;
    std::vector<std::string> stats_users;

    bool operator==(const auth_settings& other) const {
        return method == other.method && rules_text == other.rules_text && users == other.users &&
               query == other.query && admin_users == other.admin_users && stats_users == other.stats_users;
    }
};

/// One node as a libpq connection string taken apart; parameters other than host and port are kept
/// for the prober and for logins (connect_timeout, sslmode ...).
struct node_settings {
    std::string conninfo;
    cluster::node_address address;
    std::string tls_name;  // the host as it was named: what a certificate must be of
    std::string user;  // as far as the connection string says
    std::string password;
    tcp_settings tcp = {};

    bool operator==(const node_settings&) const = default;
};

struct cluster_settings {
    std::string name;
    std::vector<node_settings> nodes;
    std::string probe_user = "weir";
    std::string probe_password;
    std::string probe_database = "postgres";
    milliseconds probe_interval{100};
    milliseconds probe_timeout{1000};
    milliseconds catalog_probe{1000};
    cluster::health_settings health = {};
    std::vector<listen_address> patroni;  // REST endpoints
    milliseconds patroni_interval{1000};

    bool operator==(const cluster_settings&) const = default;
};

struct database_settings {
    std::string name;    // as clients say it; "*" for any
    std::string dbname;  // at the nodes; empty: as is
    std::string cluster;
    std::string user = {};  // at the nodes, whoever the client is; empty: the client's own
    std::string password = {};
    std::size_t max_clients = 0;  // of each database that the name stands for; 0: no limit of its own
    routing::overrides own = {};

    bool operator==(const database_settings&) const = default;
};

/// What differs for one user.
struct user_settings {
    std::string name;
    routing::overrides own = {};
    std::size_t max_clients = 0;  // 0: no limit of its own

    bool operator==(const user_settings&) const = default;
};

struct pool_settings {
    pool_mode mode = pool_mode::transaction;
    std::size_t size = 20;
    std::size_t max_per_node = 0;  // 0: no limit
    std::size_t max_waiting = 0;   // 0: no limit but max_clients
    milliseconds idle_timeout{600000};
    milliseconds lifetime{3600000};
    milliseconds wait_timeout{10000};
    bool keeps_sequences = false;  // sequences = "keep"

    bool operator==(const pool_settings&) const = default;
};

struct client_tls_settings {
    client_tls mode = client_tls::off;
    std::string cert;
    std::string key;
    std::string ca;  // empty: clients are asked for no certificate

    bool operator==(const client_tls_settings&) const = default;
};

struct node_tls_settings {
    node_tls mode = node_tls::prefer;
    std::string ca;
    std::string cert;  // empty, with key: nodes are shown none
    std::string key;

    bool operator==(const node_tls_settings&) const = default;
};

inline constexpr std::array<std::string_view, 6> log_levels = {"trace", "debug", "info", "warn", "error", "off"};

struct log_settings {
    std::string level = "info";
    log_format format = log_format::text;
    std::string file = {};  // empty: standard error
    milliseconds slow_statement{0};  // 0: none is told of
    bool connections = false;
    bool literals = false;

    bool operator==(const log_settings&) const = default;
};

/// "pool.size", "cluster.main.nodes", "rule[2].name"; the value as TOML. A secret is "***".
struct said_value {
    std::string key;
    std::string value;

    bool operator==(const said_value&) const = default;
};

/// What a file says, without its secrets. How it was said is no part of what is configured.
struct file_text {
    std::vector<said_value> values;

    bool operator==(const file_text&) const { return true; }
};

struct config {
    std::string file;
    file_text said;
    server_settings server;
    auth_settings auth;
    std::vector<cluster_settings> clusters;
    std::vector<user_settings> user_overrides;
    std::vector<database_settings> databases;
    pool_settings pool;
    routing::policy_settings routing;
    std::vector<routing::rule> rules;
    client_tls_settings tls_client;
    node_tls_settings tls_server;
    log_settings log;
    std::vector<complaint> warnings;  // what works, but probably not as meant

    bool operator==(const config&) const = default;
};

}  // namespace weir::config

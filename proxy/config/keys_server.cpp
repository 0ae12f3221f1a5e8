// The keys of [server], [auth], [tls.client], [tls.server] and [log].
#include <cstdlib>

#include "config/key.hpp"

namespace weir::config {

namespace {

std::vector<std::string> plain(std::vector<placed_text> from) {
    std::vector<std::string> out;
    for (placed_text& each : from) out.push_back(std::move(each.text));
    return out;
}

}  // namespace

section server_section() {
    return {.title = "server", .says = "Where Weir listens, and its limits.", .keys = {
        {.name = "listen", .form = shape::addresses, .fallback = R"(["127.0.0.1:6432"])",
         .says = "Addresses for clients: IPv4, `[IPv6]`, or `unix:/directory` with an optional `:port`.",
         .store = [](draft& d, std::vector<placed_text> v) { d.listen = std::move(v); }},
        {.name = "workers", .form = shape::whole, .fallback = "0",
         .says = "Threads that serve clients. 0: one per core, at most the cgroup quota and 4.",
         .range = {0, 256},
         .store = [](draft& d, std::int64_t n) { d.made.server.workers = static_cast<unsigned>(n); }},
        {.name = "http", .form = shape::address, .fallback = R"("")",
         .says = "Address of `/metrics`, `/livez`, `/readyz` and the dashboard. Empty: off.",
         .store = [](draft& d, std::vector<placed_text> v) { d.http = std::move(v.front()); }},
        {.name = "max_clients", .form = shape::whole, .fallback = "10000",
         .says = "Clients connected at one time; the next one is refused with SQLSTATE 53300.",
         .range = {1, 1'000'000},
         .store = [](draft& d, std::int64_t n) { d.made.server.max_clients = static_cast<std::size_t>(n); }},
        {.name = "login_timeout_ms", .form = shape::duration, .fallback = "60000",
         .says = "A client that has not logged in after this time is disconnected.",
         .range = {1},
         .store = [](draft& d, std::int64_t n) { d.made.server.login_timeout = milliseconds(n); }},
        {.name = "drain_delay_ms", .form = shape::duration, .fallback = "0",
         .says = "On SIGTERM, `/readyz` says 503 this long before the listeners close.",
         .store = [](draft& d, std::int64_t n) { d.made.server.drain_delay = milliseconds(n); }},
        {.name = "drain_timeout_ms", .form = shape::duration, .fallback = "30000",
         .says = "On SIGTERM, how long open transactions may go on.",
         .store = [](draft& d, std::int64_t n) { d.made.server.drain_timeout = milliseconds(n); }},
        {.name = "cycle_limit_bytes", .form = shape::size, .fallback = "262144",
         .says = "Messages up to a Sync that are larger together than this are not judged: they go to the primary.",
         .range = {1024, std::int64_t{1} << 30},
         .store = [](draft& d, std::int64_t n) { d.made.server.cycle_limit_bytes = static_cast<std::size_t>(n); }},
        {.name = "parse_limit_bytes", .form = shape::size, .fallback = "65536",
         .says = "A statement longer than this is not parsed: it goes to the primary.",
         .range = {0, std::int64_t{1} << 30},
         .store = [](draft& d, std::int64_t n) { d.made.server.parse_limit_bytes = static_cast<std::size_t>(n); }},
        {.name = "verdict_cache_bytes", .form = shape::size, .fallback = "8388608",
         .says = "Memory of each worker for what is known of statements already judged.",
         .range = {65536},
         .store = [](draft& d, std::int64_t n) { d.made.server.verdict_cache_bytes = static_cast<std::size_t>(n); }},
        {.name = "prepared_per_backend", .form = shape::whole, .fallback = "1000",
         .says = "Prepared statements kept on one backend connection; the least recently used one is closed first.",
         .range = {1, 1'000'000},
         .store = [](draft& d, std::int64_t n) { d.made.server.prepared_per_backend = static_cast<std::size_t>(n); }},
        {.name = "peer_id", .form = shape::later, .fallback = "0",
         .says = "This Weir's number among its peers; 0: alone."},
        {.name = "peers", .form = shape::later, .fallback = "{}",
         .says = "Other Weirs by number, to pass cancel requests on to."},
    }};
}

section auth_section() {
    return {.title = "auth", .says = "How clients prove who they are.", .keys = {
        {.name = "method", .form = shape::choice, .fallback = R"("scram-sha-256")",
         .says = "What a client must show. `trust`: nothing.",
         .choices = {"scram-sha-256", "trust"}, .later_choices = {"md5", "password", "cert"},
         .store = [](draft& d, std::string v) {
             d.made.auth.method = v == "trust" ? auth_method::trust : auth_method::scram_sha_256;
         }},
        {.name = "users_file", .form = shape::path, .fallback = R"("")",
         .says = "Users and secrets in PgBouncer's format: a line `\"name\" \"secret\"` for each, the secret plain or as in `pg_authid.rolpassword`.",
         .store = [](draft& d, std::string v) { d.made.auth.users_file = std::move(v); }},
        {.name = "admin_users", .form = shape::texts, .fallback = "[]",
         .says = "Users who may give commands on the console.",
         .store = [](draft& d, std::vector<placed_text> v) { d.made.auth.admin_users = plain(std::move(v)); }},
        {.name = "hba_file", .form = shape::later, .fallback = R"("")",
         .says = "Rules in the format of pg_hba.conf, instead of `method`."},
        {.name = "query", .form = shape::later, .fallback = R"("")",
         .says = "Statement that looks a user's secret up at a node."},
        {.name = "query_user", .form = shape::later, .fallback = R"("")",
         .says = "User who runs `query`."},
    }};
}

section client_tls_section() {
    return {.title = "tls.client", .says = "Encryption between clients and Weir.", .keys = {
        {.name = "mode", .form = shape::choice, .fallback = R"("off")",
         .says = "`allow`: clients may encrypt; `require`: they must (not on Unix sockets).",
         .choices = {"off", "allow", "require"}, .later_choices = {"verify-ca", "verify-full"},
         .store = [](draft& d, std::string v) {
             d.made.tls_client.mode = v == "require" ? client_tls::require
                                      : v == "allow" ? client_tls::allow
                                                     : client_tls::off;
         }},
        {.name = "cert", .form = shape::path, .fallback = R"("")",
         .says = "Certificate chain that Weir shows, PEM, its own certificate first.",
         .store = [](draft& d, std::string v) { d.made.tls_client.cert = std::move(v); }},
        {.name = "key", .form = shape::path, .fallback = R"("")",
         .says = "Private key of `cert`, PEM.",
         .store = [](draft& d, std::string v) { d.made.tls_client.key = std::move(v); }},
        {.name = "ca", .form = shape::later, .fallback = R"("")",
         .says = "Certificates that sign those of clients, PEM."},
    }};
}

section node_tls_section() {
    return {.title = "tls.server", .says = "Encryption between Weir and the nodes.", .keys = {
        {.name = "mode", .form = shape::choice, .fallback = R"("prefer")",
         .says = "`prefer`: encrypt where the node can; `require`: refuse a node that cannot. Unix sockets are never encrypted.",
         .choices = {"disable", "prefer", "require"}, .later_choices = {"verify-ca", "verify-full"},
         .store = [](draft& d, std::string v) {
             d.made.tls_server = v == "require"   ? node_tls::require
                                 : v == "disable" ? node_tls::disable
                                                  : node_tls::prefer;
         }},
        {.name = "ca", .form = shape::later, .fallback = R"("")",
         .says = "Certificates that sign those of the nodes, PEM."},
        {.name = "cert", .form = shape::later, .fallback = R"("")",
         .says = "Certificate that Weir shows to nodes, PEM."},
        {.name = "key", .form = shape::later, .fallback = R"("")",
         .says = "Private key of `cert`, PEM."},
    }};
}

section log_section() {
    return {.title = "log", .says = "Lines on standard error.", .keys = {
        {.name = "level", .form = shape::choice, .fallback = R"("info")",
         .says = "The least important lines to write.",
         .choices = {"trace", "debug", "info", "warn", "error", "off"},
         .store = [](draft& d, std::string v) { d.made.log.level = std::move(v); }},
        {.name = "format", .form = shape::choice, .fallback = R"("text")",
         .says = "`json`: one object a line.",
         .choices = {"text", "json"},
         .store = [](draft& d, std::string v) {
             d.made.log.format = v == "json" ? log_format::json : log_format::text;
         }},
    }};
}

}  // namespace weir::config

// The keys of [server] and [auth].
#include "base/client_pid.hpp"
#include "config/key.hpp"
#include "config/store.hpp"

namespace weir::config {

namespace {

auth_method method_of(const std::string& text) {
    if (text == "trust") return auth_method::trust;
    if (text == "password") return auth_method::password;
    if (text == "md5") return auth_method::md5;
    if (text == "cert") return auth_method::cert;
    return text == "peer" ? auth_method::peer : auth_method::scram_sha_256;
}

using server = server_settings;

std::vector<key> listen_keys() {
    return {
        {.name = "listen",
         .form = shape::addresses,
         .fallback = R"(["127.0.0.1:6432"])",
         .says = "Addresses for clients: IPv4, `[IPv6]`, or `unix:/directory`, each with `:port`; "
                 "a Unix socket without one takes that of the first other address.",
         .store = [](draft& d, std::vector<placed_text> v) { d.listen = std::move(v); }},
        {.name = "workers",
         .form = shape::whole,
         .fallback = "0",
         .says = "Threads that serve clients. 0: one per core, at most the cgroup quota and 4.",
         .range = {0, pid_layout::most_workers},
         .store = put_number<server_of, &server::workers>},
        {.name = "http",
         .form = shape::address,
         .fallback = R"("")",
         .says = "Address of `/metrics`, `/livez`, `/readyz` and the dashboard. Empty: off.",
         .store = [](draft& d, std::vector<placed_text> v) { d.http = std::move(v.front()); }},
        {.name = "max_clients",
         .form = shape::whole,
         .fallback = "10000",
         .says = "Clients connected at one time; the next one is refused with SQLSTATE 53300.",
         .range = {1, pid_layout::most_clients},
         .store = put_number<server_of, &server::max_clients>},
        {.name = "login_timeout_ms",
         .form = shape::duration,
         .fallback = "60000",
         .says = "A client that has not logged in after this time is disconnected.",
         .range = {1},
         .store = put_number<server_of, &server::login_timeout>},
        {.name = "client_idle_timeout_ms",
         .form = shape::duration,
         .fallback = "0",
         .says = "A client that asks nothing for this long, out of a transaction, is ended with SQLSTATE "
                 "57P05. 0: never.",
         .store = put_number<server_of, &server::client_idle_timeout>},
        {.name = "idle_in_transaction_timeout_ms",
         .form = shape::duration,
         .fallback = "0",
         .says = "A client that asks nothing for this long in a transaction is ended with SQLSTATE 25P03, "
                 "and the transaction rolled back. 0: never.",
         .store = put_number<server_of, &server::idle_in_transaction_timeout>},
        {.name = "query_timeout_ms",
         .form = shape::duration,
         .fallback = "0",
         .says = "What a node has not answered in full after this time is cancelled with SQLSTATE 57014; "
                 "waiting inside Weir does not count. 0: never.",
         .store = put_number<server_of, &server::query_timeout>},
    };
}

std::vector<key> end_keys() {
    return {
        {.name = "drain_delay_ms",
         .form = shape::duration,
         .fallback = "0",
         .says = "On SIGTERM, `/readyz` says 503 this long before the listeners close.",
         .store = put_number<server_of, &server::drain_delay>},
        {.name = "drain_timeout_ms",
         .form = shape::duration,
         .fallback = "30000",
         .says = "On SIGTERM, how long open transactions may go on.",
         .store = put_number<server_of, &server::drain_timeout>},
        {.name = "handover",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Unix socket by which a Weir that is started takes the place of the one that runs: it is given "
                 "the listening sockets, so that no connection is refused. Same user, or root. Empty: none.",
         .store = put_text<server_of, &server::handover>},
        {.name = "handover_wait_ms",
         .form = shape::duration,
         .fallback = "60000",
         .says = "How long those who are connected to the Weir whose place was taken may go on there; then it "
                 "drains as on SIGTERM.",
         .store = put_number<server_of, &server::handover_wait>},
    };
}

std::vector<key> limit_keys() {
    return {
        {.name = "cycle_limit_bytes",
         .form = shape::size,
         .fallback = "262144",
         .says = "Messages up to a Sync that are larger together than this are not judged: they go "
                 "to the primary.",
         .range = {1024, 1 << 30},
         .store = put_number<server_of, &server::cycle_limit_bytes>},
        {.name = "max_buffer_bytes",
         .form = shape::size,
         .fallback = "1073741824",
         .says = "What the buffers of all clients may hold together. Beyond it, a client whose own would grow over 16 KiB "
                 "is ended with SQLSTATE 53200. 0: no limit.",
         .store = put_number<server_of, &server::max_buffer_bytes>},
        {.name = "parse_limit_bytes",
         .form = shape::size,
         .fallback = "65536",
         .says = "A statement longer than this is not parsed: it goes to the primary.",
         .range = {0, 1 << 30},
         .store = put_number<server_of, &server::parse_limit_bytes>},
        {.name = "verdict_cache_bytes",
         .form = shape::size,
         .fallback = "8388608",
         .says = "Memory of each worker for what is known of statements already judged.",
         .range = {65536},
         .store = put_number<server_of, &server::verdict_cache_bytes>},
        {.name = "catalog_cache_bytes",
         .form = shape::size,
         .fallback = "134217728",
         .says = "Memory for the catalogs of all databases together. Statements in a database whose "
                 "catalog does not fit are judged by their text alone.",
         .range = {0},
         .store = put_number<server_of, &server::catalog_cache_bytes>},
        {.name = "prepared_per_backend",
         .form = shape::whole,
         .fallback = "1000",
         .says = "Prepared statements kept on one backend connection; the one not used for longest "
                 "is closed first.",
         .range = {1, 1'000'000},
         .store = put_number<server_of, &server::prepared_per_backend>},
        {.name = "peer_id",
         .form = shape::whole,
         .fallback = "0",
         .says = "This Weir's number among its peers, told to clients as a part of the key that "
                 "cancels their statements; 0: alone.",
         .range = {0, pid_layout::most_peers},
         .store = put_number<server_of, &server::peer_id>},
        {.name = "peers",
         .form = shape::peers,
         .fallback = "{}",
         .says = "All Weirs behind one address by number, as `{ 1 = \"host:port\", 2 = "
                 "\"unix:/directory\" }`: a cancel request that reaches the wrong one is passed on "
                 "to the right one. `peer_id` itself may be among them."},
    };
}

std::vector<key> auth_keys() {
    return {
        {.name = "method",
         .form = shape::choice,
         .fallback = R"("scram-sha-256")",
         .says = "What a client must show. `trust`: nothing; `password`: in clear text, over TLS or a Unix socket only; "
                 "`cert`: a certificate whose common name is the user; `peer`: to be this user of the system, over a "
                 "Unix socket.",
         .choices = {"scram-sha-256", "md5", "password", "cert", "peer", "trust"},
         .store =
             [](draft& d, std::string v) {
                 auth_of(d).method = method_of(v);
             }},
        {.name = "users_file",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Users and secrets in PgBouncer's format: a line `\"name\" \"secret\"` for each, "
                 "the secret plain or as in `pg_authid.rolpassword`.",
         .store = put_text<auth_of, &auth_settings::users_file>},
        {.name = "admin_users",
         .form = shape::texts,
         .fallback = "[]",
         .says = "Users who may give commands on the console.",
         .store =
             [](draft& d, std::vector<placed_text> v) {
                 auth_of(d).admin_users.clear();
                 for (placed_text& each : v) auth_of(d).admin_users.push_back(std::move(each.text));
             }},
        {.name = "hba_file",
         .form = shape::later,
         .fallback = R"("")",
         .says = "Rules in the format of pg_hba.conf, instead of `method`."},
        {.name = "query",
         .form = shape::later,
         .fallback = R"("")",
         .says = "Statement that looks a user's secret up at a node."},
        {.name = "query_user",
         .form = shape::later,
         .fallback = R"("")",
         .says = "User who runs `query`."},
    };
}

}  // namespace

section server_section() {
    section s{
        .title = "server", .says = "Where Weir listens, and its limits.", .keys = listen_keys()};
    for (key& each : end_keys()) s.keys.push_back(std::move(each));
    for (key& each : limit_keys()) s.keys.push_back(std::move(each));
    return s;
}

section auth_section() {
    return {.title = "auth", .says = "How clients prove who they are.", .keys = auth_keys()};
}

}  // namespace weir::config

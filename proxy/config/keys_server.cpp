// The keys of [server].
#include "base/client_pid.hpp"
#include "config/key.hpp"
#include "config/store.hpp"

namespace weir::config {

namespace {

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
        {.name = "http_token",
         .form = shape::secret,
         .fallback = R"("")",
         .says = "What HTTP clients show as `Authorization: Bearer TOKEN`, but for `/livez` and `/readyz`. Empty: "
                 "nothing is asked for, and only this machine is answered.",
         .store = put_text<server_of, &server::http_token>},
        {.name = "user",
         .fallback = R"("")",
         .says = "User of the system that Weir becomes when it is started as root, once it listens.",
         .store = put_text<server_of, &server::user>},
        {.name = "max_clients",
         .form = shape::whole,
         .fallback = "10000",
         .says = "Clients connected at one time; the next one is refused with SQLSTATE 53300.",
         .range = {1, pid_layout::most_clients},
         .store = put_number<server_of, &server::max_clients>},
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

/// What those who have not proved yet who they are may take.
std::vector<key> stranger_keys() {
    return {
        {.name = "login_timeout_ms",
         .form = shape::duration,
         .fallback = "60000",
         .says = "A client that has not logged in after this time is disconnected.",
         .range = {1},
         .store = put_number<server_of, &server::login_timeout>},
        {.name = "max_logging_in",
         .form = shape::whole,
         .fallback = "4000",
         .says = "Clients that are logging in at one time. The next one takes the place of the one that has kept Weir "
                 "waiting longest, over a second, or is refused with SQLSTATE 53300.",
         .range = {1, pid_layout::most_clients},
         .store = put_number<server_of, &server::max_logging_in>},
        {.name = "max_logging_in_per_address",
         .form = shape::whole,
         .fallback = "2000",
         .says = "The same for clients of one address.",
         .range = {1, pid_layout::most_clients},
         .store = put_number<server_of, &server::max_logging_in_per_address>},
        {.name = "failed_login_delay_ms",
         .form = shape::duration,
         .fallback = "1000",
         .says = "Whoever has failed to log in five times from one address as one user may try again this long after "
                 "the one before; a hundred times as anybody: a twentieth of that. 0: at once.",
         .range = {0, 60'000},
         .store = put_number<server_of, &server::failed_login_delay>},
        {.name = "cancels_per_second",
         .form = shape::whole,
         .fallback = "200",
         .says = "Cancel requests that one address may make, five times as many at once; what is more is dropped. "
                 "0: no limit.",
         .range = {0, 1'000'000},
         .store = put_number<server_of, &server::cancels_per_second>},
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

}  // namespace

section server_section() {
    section s{
        .title = "server", .says = "Where Weir listens, and its limits.", .keys = listen_keys()};
    for (key& each : stranger_keys()) s.keys.push_back(std::move(each));
    for (key& each : end_keys()) s.keys.push_back(std::move(each));
    for (key& each : limit_keys()) s.keys.push_back(std::move(each));
    return s;
}

}  // namespace weir::config

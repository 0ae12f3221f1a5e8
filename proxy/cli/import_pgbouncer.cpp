// pgbouncer.ini (its manual, pgbouncer.ini(5), 1.18 to 1.25) -> weir.toml.
#include <map>
#include <optional>

#include "cli/import_parts.hpp"

namespace weir::cli {
namespace {

using values = std::map<std::string, std::string>;

/// "host=a port=5432 dbname=x": values in quotes, or up to a blank.
values parts_of(std::string_view conninfo) {
    values found;
    while (!conninfo.empty()) {
        const auto begin = conninfo.find_first_not_of(" \t");
        const auto equals = conninfo.find('=', begin == conninfo.npos ? 0 : begin);
        if (begin == conninfo.npos || equals == conninfo.npos) break;
        auto key = std::string(conninfo.substr(begin, equals - begin));
        while (key.ends_with(' ')) key.pop_back();
        conninfo.remove_prefix(equals + 1);
        const auto at = std::min(conninfo.find_first_not_of(' '), conninfo.size());
        conninfo.remove_prefix(at);
        const bool in_quotes = conninfo.starts_with('\'');
        const auto end = in_quotes ? conninfo.find('\'', 1) : conninfo.find_first_of(" \t");
        found[key] = std::string(conninfo.substr(in_quotes, end == conninfo.npos ? end : end - in_quotes));
        conninfo.remove_prefix(end == conninfo.npos ? conninfo.size() : end + in_quotes);
    }
    return found;
}

/// Seconds as people write them there, a fraction as well.
std::optional<std::string> milliseconds_of(const std::string& seconds) {
    try {
        return std::to_string(static_cast<long long>(std::stod(seconds) * 1000));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

struct mapping {
    const char* key;
    const char* section;
    const char* to;
    enum class form { number, text, seconds, path } is;
};
using form = mapping::form;

constexpr mapping mapped[] = {
    {"max_client_conn", "server", "max_clients", form::number},
    {"default_pool_size", "pool", "size", form::number},
    {"min_pool_size", "pool", "min_size", form::number},
    {"query_wait_timeout", "pool", "wait_timeout_ms", form::seconds},
    {"server_idle_timeout", "pool", "idle_timeout_ms", form::seconds},
    {"server_lifetime", "pool", "lifetime_ms", form::seconds},
    {"auth_file", "auth", "users_file", form::path},
    {"auth_query", "auth", "query", form::text},
    {"auth_user", "auth", "query_user", form::text},
    {"auth_hba_file", "auth", "hba_file", form::path},
    {"auth_ident_file", "auth", "ident_file", form::path},
    {"client_login_timeout", "server", "login_timeout_ms", form::seconds},
    {"client_idle_timeout", "server", "client_idle_timeout_ms", form::seconds},
    {"idle_transaction_timeout", "server", "idle_in_transaction_timeout_ms", form::seconds},
    {"query_timeout", "server", "query_timeout_ms", form::seconds},
    {"client_tls_cert_file", "tls.client", "cert", form::path},
    {"client_tls_key_file", "tls.client", "key", form::path},
    {"client_tls_ca_file", "tls.client", "ca", form::path},
    {"server_tls_ca_file", "tls.server", "ca", form::path},
    {"server_tls_cert_file", "tls.server", "cert", form::path},
    {"server_tls_key_file", "tls.server", "key", form::path},
    {"logfile", "log", "file", form::path},
    {"user", "server", "user", form::text},
    {"max_prepared_statements", "server", "prepared_per_backend", form::number},
};

struct omission {
    const char* key;
    const char* why;
};
constexpr omission omitted[] = {
    {"pidfile", "Weir writes none: systemd and the shell know its process"},
    {"unix_socket_dir", "see server.listen: \"unix:/directory\""},
    {"server_reset_query", "Weir carries what a session sets, and cleans what it cannot carry"},
    {"server_reset_query_always", "as server_reset_query"},
    {"server_check_query", "connections to a node that was lost are known by the probes"},
    {"server_check_delay", "as server_check_query"},
    {"ignore_startup_parameters", "start-up parameters are the session's: they reach the node"},
    {"reserve_pool_size", "Weir has no second pool; raise pool.size"},
    {"reserve_pool_timeout", "as reserve_pool_size"},
    {"max_db_connections", "per node: pool.max_per_node"},
    {"max_user_connections", "max_clients of [user.NAME] bounds clients; connections to nodes: pool.max_per_node"},
    {"server_round_robin", "the connection that was used last is lent first"},
    {"log_connections", "log.connections = true"},
    {"log_disconnections", "log.connections = true"},
    {"stats_period", "Prometheus asks when it wants: /metrics"},
    {"so_reuseport", "one process uses all cores: server.workers"},
    {"track_extra_parameters", "all settings are carried"},
    {"dns_max_ttl", "names are resolved when a connection is opened"},
    {"tcp_keepalive", "on; [cluster.NAME] nodes take libpq's keepalives_* keywords"},
};

std::string listen_of(const values& said) {
    const auto port = said.contains("listen_port") ? said.at("listen_port") : "6432";
    const auto hosts = said.contains("listen_addr") ? said.at("listen_addr") : "127.0.0.1";
    std::string all;
    for (const auto& host : split(hosts, ',')) {
        const bool is_v6 = host.find(':') != host.npos;
        const auto name = host == "*" ? "0.0.0.0" : is_v6 ? "[" + host + "]" : host == "localhost" ? "127.0.0.1" : host;
        all += (all.empty() ? "" : ", ") + toml_draft::quoted(name + ":" + port);
    }
    return "[" + all + "]";
}

std::string form_of(const mapping& m, const std::string& value) {
    if (m.is == form::seconds) return milliseconds_of(value).value_or("0");
    return m.is == form::number ? value : toml_draft::quoted(value);
}

/// Each database of its own host becomes a cluster: Weir finds out who is the primary there.
void take_databases(const std::vector<ini_entry>& entries, toml_draft& out) {
    std::map<std::string, std::string> clusters;  // "host:port" -> name
    for (const auto& e : entries) {
        if (e.section != "databases") continue;
        const auto parts = parts_of(e.value);
        const auto get = [&](const char* key, const char* usual) { return parts.contains(key) ? parts.at(key) : std::string(usual); };
        std::string nodes, where;
        for (const auto& host : split(get("host", "/var/run/postgresql"), ',')) {
            where += host + ":" + get("port", "5432") + " ";
            nodes += (nodes.empty() ? "" : ", ") + toml_draft::quoted("host=" + host + " port=" + get("port", "5432"));
        }
        const auto [found, is_new] = clusters.try_emplace(where, clusters.empty() ? "main" : "cluster" + std::to_string(clusters.size() + 1));
        const auto cluster = "cluster." + found->second;
        if (is_new) {
            out.set(cluster, "nodes", "[" + nodes + "]");
            out.remark(cluster, "Add the replicas to nodes: which of them is the primary Weir finds out.");
            out.set(cluster, "probe_user", "\"weir\"");
            out.remark(cluster, "CREATE ROLE weir LOGIN PASSWORD '...' IN ROLE pg_monitor");
            out.set(cluster, "probe_password_file", "\"probe-password.txt\"");
        }
        const auto section = "database." + toml_draft::quoted(e.key);
        out.set(section, "cluster", toml_draft::quoted(found->second));
        if (parts.contains("dbname") && e.key != "*") out.set(section, "dbname", toml_draft::quoted(parts.at("dbname")));
        if (parts.contains("user")) out.set(section, "user", toml_draft::quoted(parts.at("user")));
        if (parts.contains("password")) out.remark(section, "password: put it into password_file");
        if (parts.contains("pool_mode")) take_mode(parts.at("pool_mode"), section, "mode", out);
        for (const auto& [key, value] : parts)
            if (key != "host" && key != "port" && key != "dbname" && key != "user" && key != "password" && key != "pool_mode")
                out.leave_out("[databases] " + e.key + " " + key + "=" + value, "not of one database in Weir");
    }
}

}  // namespace

std::string import_pgbouncer(const std::vector<ini_entry>& entries) {
    toml_draft out;
    out.begin_with("Made from a pgbouncer.ini. Look it through, then: weir check -c FILE --connect");
    values said;
    for (const auto& e : entries)
        if (e.section == "pgbouncer") said[e.key] = e.value;
    out.set("server", "listen", listen_of(said));
    if (said.contains("auth_type")) take_auth_type(said["auth_type"], out);
    for (const auto* key : {"admin_users", "stats_users"})
        if (said.contains(key)) out.set("auth", key, list_of(split(said[key], ',')));
    if (said.contains("pool_mode")) take_mode(said["pool_mode"], "pool", "mode", out);
    for (const auto* side : {"client", "server"})
        if (const auto mode = said.find(std::string(side) + "_tls_sslmode"); mode != said.end())
            take_tls_mode(mode->second, std::string("tls.") + side, out);
    for (const auto& m : mapped)
        if (said.contains(m.key) && !said[m.key].empty()) out.set(m.section, m.to, form_of(m, said[m.key]));
    take_databases(entries, out);
    for (const auto& [key, value] : said) {
        if (key == "listen_addr" || key == "listen_port" || key == "auth_type" || key == "admin_users" ||
            key == "stats_users" || key == "pool_mode" || key.ends_with("_tls_sslmode") || is_mapped(mapped, key))
            continue;
        const auto* known = find_by_key(omitted, key);
        out.leave_out(key + " = " + value, known != nullptr ? known->why : "Weir has nothing of the kind");
    }
    for (const auto& e : entries)
        if (e.section == "users") out.leave_out("[users] " + e.key + " = " + e.value, "see [user.NAME]: mode, max_clients");
    return out.text();
}

}  // namespace weir::cli

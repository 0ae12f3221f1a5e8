// pgpool.conf (Pgpool-II's manual, chapter 5, 4.3 to 4.6) -> weir.toml.
#include <map>

#include "cli/import_parts.hpp"

namespace weir::cli {
namespace {

struct omission {
    const char* key;
    const char* why;
};
constexpr omission omitted[] = {
    {"num_init_children", "one process serves all clients: server.max_clients"},
    {"max_pool", "connections are shared: pool.size"},
    {"load_balance_mode", "always on; weights are in nodes"},
    {"backend_clustering_mode", "streaming replication is what there is"},
    {"master_slave_mode", "streaming replication is what there is"},
    {"replication_mode", "Weir replicates nothing: PostgreSQL does"},
    {"native_replication_mode", "Weir replicates nothing: PostgreSQL does"},
    {"black_function_list", "what a function does is read in the catalog; a [[rule]] says otherwise"},
    {"write_function_list", "what a function does is read in the catalog; a [[rule]] says otherwise"},
    {"read_only_function_list", "what a function does is read in the catalog; a [[rule]] says otherwise"},
    {"primary_routing_query_pattern_list", "[[rule]] regex = \"...\", route = \"primary\""},
    {"black_query_pattern_list", "[[rule]] regex = \"...\", route = \"primary\""},
    {"database_redirect_preference_list", "[[rule]] database = \"...\", route = \"primary\" or \"replicas\""},
    {"app_name_redirect_preference_list", "[[rule]] application_name = \"...\", route = ..."},
    {"disable_load_balance_on_write", "a session reads its own writes: routing.consistency"},
    {"statement_level_load_balance", "always"},
    {"memory_cache_enabled", "Weir keeps no results"},
    {"use_watchdog", "several Weirs stand behind a balancer: docs/operations.md"},
    {"failover_command", "Weir promotes nothing: Patroni or an operator does, and Weir finds it out"},
    {"follow_primary_command", "as failover_command"},
    {"failback_command", "as failover_command"},
    {"health_check_period", "nodes are probed every probe_interval_ms"},
    {"sr_check_period", "nodes are probed every probe_interval_ms"},
    {"pool_passwd", "its secrets are AES or md5: make a users_file, with weir scram-secret"},
    {"enable_pool_hba", "auth.hba_file takes pg_hba.conf's format, and pool_hba.conf is nearly that"},
    {"client_idle_limit", "server.client_idle_timeout_ms"},
    {"connection_life_time", "pool.idle_timeout_ms"},
};

std::string node_of(const std::map<std::string, std::string>& said, const std::string& number, bool& weighs) {
    const auto get = [&](const std::string& key, const char* usual) {
        const auto found = said.find(key + number);
        return found == said.end() ? std::string(usual) : found->second;
    };
    const auto conninfo = "host=" + get("backend_hostname", "127.0.0.1") + " port=" + get("backend_port", "5432");
    const auto weight = get("backend_weight", "1");
    if (weight == "1") return toml_draft::quoted(conninfo);
    weighs = true;
    const auto whole = weight.substr(0, weight.find('.'));
    return "{ conninfo = " + toml_draft::quoted(conninfo) + ", weight = " + (whole.empty() ? "1" : whole) + " }";
}

}  // namespace

std::string import_pgpool(const std::vector<ini_entry>& entries) {
    std::map<std::string, std::string> said;
    for (const auto& e : entries) said[e.key] = e.value;
    const auto get = [&](const char* key, const char* usual) { return said.contains(key) ? said.at(key) : std::string(usual); };
    toml_draft out;
    out.begin_with("Made from a pgpool.conf. Look it through, then: weir check -c FILE --connect");
    const auto host = get("listen_addresses", "127.0.0.1");
    out.set("server", "listen", "[" + toml_draft::quoted((host == "*" ? "0.0.0.0" : host == "localhost" ? "127.0.0.1" : host) + ":" +
                                                          get("port", "9999")) + "]");
    out.set("auth", "users_file", "\"users.txt\"");
    std::string nodes;
    bool weighs = false;
    for (const auto& [key, value] : said)
        if (key.starts_with("backend_hostname"))
            nodes += (nodes.empty() ? "" : ", ") + node_of(said, key.substr(std::string_view("backend_hostname").size()), weighs);
    out.set("cluster.main", "nodes", "[" + nodes + "]");
    if (weighs) out.remark("cluster.main", "Weights are of reads on replicas; that of the primary counts while it is one.");
    out.set("cluster.main", "probe_user", toml_draft::quoted(get("sr_check_user", "weir")));
    out.remark("cluster.main", "It needs pg_monitor: GRANT pg_monitor TO ...");
    out.set("cluster.main", "probe_password_file", "\"probe-password.txt\"");
    out.set("database.\"*\"", "cluster", "\"main\"");
    if (get("ssl", "off") == "on") {
        out.set("tls.client", "mode", "\"allow\"");
        out.set("tls.client", "cert", toml_draft::quoted(get("ssl_cert", "")));
        out.set("tls.client", "key", toml_draft::quoted(get("ssl_key", "")));
    }
    constexpr std::string_view taken[] = {"listen_addresses", "port", "sr_check_user", "ssl", "ssl_cert", "ssl_key"};
    for (const auto& [key, value] : said) {
        if (std::find(std::begin(taken), std::end(taken), key) != std::end(taken)) continue;
        if (key.starts_with("backend_hostname") || key.starts_with("backend_port") || key.starts_with("backend_weight")) continue;
        const auto* known = find_by_key(omitted, key);
        out.leave_out(key + " = " + (key.ends_with("password") ? std::string("...") : value),
                      known != nullptr ? known->why : "Weir has nothing of the kind");
    }
    return out.text();
}

}  // namespace weir::cli

// settle(): [cluster.NAME] and [database.NAME].
#include <algorithm>
#include <map>

#include "config/nearest.hpp"
#include "config/quantity.hpp"
#include "config/settle_parts.hpp"

namespace weir::config {

namespace {

std::string usual_name(const cluster::node_address& a) {
    const bool six = !a.host.starts_with('/') && a.host.find(':') != std::string::npos;
    return (six ? "[" + a.host + "]" : a.host) + ":" + std::to_string(a.port);
}

std::optional<node_settings> settle_node(const node_draft& said, const surroundings& world,
                                         findings& found) {
    if (!said.conninfo) return std::nullopt;
    if (said.conninfo->find_first_not_of(" \t\r\n") == std::string::npos) {
        found.refuse(said.at, "this connection string is empty", "write \"host=... port=...\"");
        return std::nullopt;
    }
    auto read = world.parse_node(*said.conninfo);
    if (const auto* bad = std::get_if<std::string>(&read)) {
        found.refuse(said.at, *bad);
        return std::nullopt;
    }
    auto node = std::get<node_settings>(std::move(read));
    if (!said.name.empty()) node.address.name = said.name;
    if (node.address.name.empty()) node.address.name = usual_name(node.address);
    node.address.weight = said.weight;
    node.address.group = said.group;
    return node;
}

/// "http://host[:port]"
void settle_patroni(cluster_draft& said, findings& found) {
    constexpr std::string_view scheme = "http://";
    constexpr std::string_view form = "write \"http://host:8008\"";
    for (const placed_text& each : said.patroni) {
        std::string_view rest = each.text;
        if (!rest.starts_with(scheme)) {
            found.refuse(each.at, "patroni " + in_quotes(each.text) + " is no address that begins with http://",
                         std::string(form));
            continue;
        }
        rest.remove_prefix(scheme.size());
        if (rest.ends_with('/')) rest.remove_suffix(1);
        std::string address(rest);
        if (address.rfind(':') == std::string::npos || address.ends_with(']')) address += ":8008";
        auto read = parse_peer(address);
        const auto* at = std::get_if<listen_address>(&read);
        if (at == nullptr || at->is_unix)
            found.refuse(each.at, "patroni " + in_quotes(each.text) + " is no host with a port", std::string(form));
        else
            said.settings.patroni.push_back(*at);
    }
}

/// Names and addresses that are taken, by all clusters: one server is in one cluster, once.
struct taken {
    std::map<std::string, std::uint32_t> names;
    std::map<std::string, std::uint32_t> addresses;
};

void refuse_twins(const node_settings& node, place at, taken& before, findings& found) {
    const std::string address = usual_name(node.address);
    const auto [twin, is_new] = before.addresses.try_emplace(address, at.line);
    if (!is_new) {
        found.refuse(at, "the node " + address + " is named twice, first on line " +
                             std::to_string(twin->second));
        return;
    }
    const auto [namesake, is_free] = before.names.try_emplace(node.address.name, at.line);
    if (is_free) return;
    found.refuse(at, "two nodes have the name " + in_quotes(node.address.name) +
                         ", the first on line " + std::to_string(namesake->second));
}

std::vector<std::string_view> names_of(const std::vector<cluster_settings>& clusters) {
    std::vector<std::string_view> out;
    for (const cluster_settings& each : clusters) out.push_back(each.name);
    return out;
}

/// The console answers under these names, as PgBouncer's does.
bool is_console(const std::string& name) { return name == "weir" || name == "pgbouncer"; }

void settle_database(draft& d, database_draft& said, findings& found) {
    const std::string section = "[database." + in_quotes(said.settings.name) + "]";
    const auto& clusters = d.made.clusters;
    if (said.settings.name.empty()) found.refuse(said.at, "a database cannot have an empty name");
    if (is_console(said.settings.name)) {
        found.refuse(said.at, section + " cannot be reached: the console has this name",
                     "give it another name, with dbname = " + in_quotes(said.settings.name));
    }
    std::string& wanted = said.settings.cluster;
    if (wanted.empty() && clusters.size() == 1) wanted = clusters.front().name;
    const auto names = names_of(clusters);
    if (clusters.empty() || std::find(names.begin(), names.end(), wanted) != names.end()) return;
    if (wanted.empty()) {
        found.refuse(said.at, section + " does not say its cluster, and there are several");
        return;
    }
    found.refuse(d.where("database." + said.settings.name + ".cluster"),
                 "there is no [cluster." + wanted + "]",
                 "the nearest known one is " + in_quotes(nearest(wanted, names)));
}

}  // namespace

void settle_clusters(draft& d, const surroundings& world, findings& found) {
    taken before;
    if (d.clusters.empty() && (!d.said("cluster") || found.errors().empty())) {
        found.refuse(place{}, "there is no cluster",
                     "write [cluster.main] with nodes = [\"host=... port=...\"]");
    }
    for (cluster_draft& said : d.clusters) {
        const std::string path = "cluster." + said.settings.name;
        settle_patroni(said, found);
        if (!d.said(path + ".nodes") && said.patroni.empty()) found.refuse(said.at, "[" + path + "] has no nodes");
        for (const node_draft& each : said.nodes) {
            auto node = settle_node(each, world, found);
            if (!node) continue;
            refuse_twins(*node, each.at, before, found);
            said.settings.nodes.push_back(std::move(*node));
        }
        d.made.clusters.push_back(std::move(said.settings));
    }
}

void settle_databases(draft& d, findings& found) {
    if (d.databases.empty() && d.made.clusters.size() == 1) {
        d.made.databases.push_back({"*", {}, d.made.clusters.front().name});
        return;
    }
    if (d.databases.empty() && !d.made.clusters.empty() && !d.said("database")) {
        found.refuse(place{}, "there are several clusters, and no database says which is its own",
                     "write [database.NAME] with cluster = \"...\"");
    }
    for (database_draft& said : d.databases) {
        settle_database(d, said, found);
        d.made.databases.push_back(std::move(said.settings));
    }
}

}  // namespace weir::config

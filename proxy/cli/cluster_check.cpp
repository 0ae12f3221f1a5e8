#include "cli/cluster_check.hpp"

#include <algorithm>

namespace weir::cli {

namespace {

constexpr int oldest_version = 130000;

std::string version_text(int number) {
    return std::to_string(number / 10000) + "." + std::to_string(number % 10000);
}

std::string line_of(const std::string& name, const net::node_survey& s) {
    return name + ": " + (s.probe.in_recovery ? "replica" : "primary") + ", PostgreSQL " +
           version_text(s.probe.server_version) + ", timeline " +
           std::to_string(s.probe.at.timeline) + " at " + to_string(s.probe.at.at) + ", " +
           std::to_string(s.max_connections) + " connections";
}

std::string sql_name(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

void judge_node(const std::string& name, const net::node_survey& s, std::size_t pool_size,
                std::vector<std::string>& troubles) {
    if (s.probe.server_version < oldest_version) {
        troubles.push_back(name + ": PostgreSQL " + version_text(s.probe.server_version) +
                           " is older than " + version_text(oldest_version));
    }
    if (!s.may_monitor) {
        troubles.push_back(
            name + ": the probe user has no pg_monitor; on the primary: GRANT pg_monitor TO " +
            sql_name(s.user) + ";");
    }
    const int open_to_all = s.max_connections - s.reserved_connections;
    if (static_cast<std::size_t>(std::max(open_to_all, 0)) < pool_size) {
        troubles.push_back(
            name + ": size = " + std::to_string(pool_size) + " in [pool], but only " +
            std::to_string(open_to_all) +
            " connections are open to all; ALTER SYSTEM SET max_connections = " +
            std::to_string(pool_size + static_cast<std::size_t>(s.reserved_connections) + 10) +
            "; and restart it");
    }
}

void judge_roles(const std::string& cluster, const std::vector<std::string>& primaries,
                 bool all_answered, std::vector<std::string>& troubles) {
    if (primaries.empty() && all_answered) {
        troubles.push_back("[cluster." + cluster +
                           "]: no node is a primary; on the one that shall be: "
                           "SELECT pg_promote();");
    }
    if (primaries.size() < 2) return;
    std::string all;
    for (const std::string& each : primaries) all += (all.empty() ? "" : ", ") + each;
    troubles.push_back("[cluster." + cluster + "]: more than one node is a primary: " + all);
}

}  // namespace

cluster_findings judge(const std::string& cluster, const std::vector<surveyed_node>& nodes,
                       std::size_t pool_size) {
    cluster_findings out;
    std::vector<std::string> primaries;
    bool all_answered = true;
    const net::node_survey* first = nullptr;
    for (const surveyed_node& node : nodes) {
        const auto* s = std::get_if<net::node_survey>(&node.answer);
        if (s == nullptr) {
            all_answered = false;
            out.troubles.push_back(node.name + ": " + std::get<std::string>(node.answer));
            continue;
        }
        out.nodes.push_back(line_of(node.name, *s));
        judge_node(node.name, *s, pool_size, out.troubles);
        if (!s->probe.in_recovery) primaries.push_back(node.name);
        if (first == nullptr) first = s;
        if (s->probe.at.system_identifier != first->probe.at.system_identifier) {
            out.troubles.push_back(node.name +
                                   ": is no copy of the other nodes (system identifier " +
                                   std::to_string(s->probe.at.system_identifier) + ", not " +
                                   std::to_string(first->probe.at.system_identifier) + ")");
        }
    }
    // Where none is configured, Patroni names them to a running Weir.
    if (!nodes.empty()) judge_roles(cluster, primaries, all_answered, out.troubles);
    return out;
}

}  // namespace weir::cli

#include "cli/check.hpp"

#include <ostream>

#include "cli/cluster_check.hpp"
#include "cli/loading.hpp"
#include "config/quantity.hpp"
#include "net/tls.hpp"

namespace weir::cli {

namespace {

std::string count(std::size_t n, const std::string& noun) {
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

template <class Context>
bool is_good(const Context& context, const std::string& section, const config::config& made, const streams& with) {
    if (context.has_value()) return true;
    with.err << made.file << ": [" << section << "]: " << context.error().message;
    if (!context.error().detail.empty()) with.err << ": " << context.error().detail;
    with.err << "\n";
    return false;
}

/// OpenSSL knows best whether a certificate and a key are one pair.
bool certificates_are_good(const config::config& made, const streams& with) {
    const auto& client = made.tls_client;
    const bool unsaid = client.cert.empty() || client.key.empty();
    const bool good = unsaid || is_good(net::tls_context::for_clients(client), "tls.client", made, with);
    return is_good(net::tls_context::for_nodes(made.tls_server), "tls.server", made, with) && good;
}

/// Asks every node, one after the other.
bool nodes_are_good(const config::config& made, const streams& with) {
    bool good = true;
    for (const config::cluster_settings& cluster : made.clusters) {
        const net::probe_login login{cluster.probe_user, cluster.probe_password,
                                     cluster.probe_database, made.tls_server,
                                     cluster.probe_timeout};
        std::vector<surveyed_node> asked;
        for (const config::node_settings& node : cluster.nodes) {
            asked.push_back({node.address.name, net::survey(node, login)});
        }
        const cluster_findings found = judge(cluster.name, asked, made.pool.size);
        for (const std::string& line : found.nodes) with.out << line << "\n";
        for (const std::string& line : found.troubles) with.err << line << "\n";
        good = good && found.troubles.empty();
    }
    return good;
}

}  // namespace

std::string summary(const config::config& made) {
    std::size_t nodes = 0;
    for (const auto& cluster : made.clusters) nodes += cluster.nodes.size();
    std::string out = "ok: " + count(made.clusters.size(), "cluster") + " with " +
                      count(nodes, "node") + ", " + count(made.databases.size(), "database") +
                      ", " + count(made.rules.size(), "rule") + ", " +
                      count(made.auth.users.size(), "user") + ", " +
                      count(made.server.workers, "worker") + "; listens on ";
    for (std::size_t i = 0; i < made.server.listen.size(); ++i) {
        out += (i == 0 ? "" : ", ") + to_string(made.server.listen[i]);
    }
    return out;
}

int check(const check_command& c, const config::surroundings& world, const streams& with) {
    const auto loaded = load_or_tell(c.file, world, with);
    if (!loaded) return exit_code::answer_is_no;
    const auto& made = *loaded;
    for (const config::complaint& each : made.warnings) {
        with.err << "warning: " << to_string(each) << "\n";
    }
    if (!certificates_are_good(made, with)) return exit_code::answer_is_no;
    if (c.connects && !nodes_are_good(made, with)) return exit_code::answer_is_no;
    with.out << summary(made) << "\n";
    return exit_code::fine;
}

}  // namespace weir::cli

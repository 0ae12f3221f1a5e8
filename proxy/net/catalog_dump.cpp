#include "net/catalog_dump.hpp"

#include <limits>

#include "catalog/builder.hpp"
#include "net/catalog_load.hpp"

namespace weir::net {

result<std::string> dump_catalog(const config::cluster_settings& cluster, const config::node_tls_settings& tls,
                                 const std::string& database) {
    const std::atomic<bool> never_stopping{false};
    std::string troubles;
    for (const auto& node : cluster.nodes) {
        catalog_connection to(never_stopping);
        const auto note = [&](const std::string& what) {
            troubles += (troubles.empty() ? "" : "; ") + node.address.name + ": " + what;
        };
        const auto opened = to.open(node, {cluster.probe_user, cluster.probe_password, database, tls,
                                           cluster.probe_timeout});
        if (!opened) {
            note(opened.error().message);
            continue;
        }
        const auto replica = to.ask("SELECT pg_is_in_recovery()", cluster.probe_timeout);
        if (!replica || *replica != "f") {
            note(replica ? "is a replica" : replica.error().message);
            continue;
        }
        auto loaded = load_catalog(to, database, 1, std::numeric_limits<std::size_t>::max());
        if (loaded)
            return result<std::string>(boost::system::in_place_value, catalog::write(*loaded->snapshot));
        note(loaded.error().message);
    }
    return fault{sqlstate::connection_failure, "the catalog cannot be read: " + troubles};
}

}  // namespace weir::net

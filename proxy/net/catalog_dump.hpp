// catalog_dump: the catalog of one database, read from the primary now, as a saved snapshot.
#pragma once

#include <string>

#include "base/fault.hpp"
#include "config/config.hpp"

namespace weir::net {

/// Asks one node after the other which one is the primary.
result<std::string> dump_catalog(const config::cluster_settings& cluster, const config::node_tls_settings& tls,
                                 const std::string& database);

}  // namespace weir::net

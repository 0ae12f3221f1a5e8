// conninfo: libpq connection strings taken apart (a node as configured) and put together (how the
// prober logs in). Knows libpq's keywords and which of them Weir honours; connects to nothing.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace weir::net {

/// A connection string or URI of one node, or what is wrong with it in one sentence. Several hosts
/// are refused: one node is one server. A keyword that Weir would not honour is refused by its
/// name, as silence would look like consent. user, password and dbname are how the prober logs in
/// at that node.
std::variant<config::node_settings, std::string> parse_node(const std::string& conninfo);

/// Keywords and values as PQconnectStartParams takes them.
using connection_parameters = std::vector<std::pair<std::string, std::string>>;

/// What the prober uses where the node's own connection string says nothing.
struct probe_login {
    std::string user;
    std::string password;
    std::string database;
    config::node_tls_settings tls;
    milliseconds timeout{1000};
};

/// How the prober connects to a node. `addresses`: the numeric addresses that the host's name
/// stands for now (libpq would look the name up itself and block), empty for a numeric host or a
/// directory.
connection_parameters make_probe_parameters(const config::node_settings& node,
                                            const probe_login& login,
                                            const std::vector<std::string>& addresses);

/// The same, to speak the replication protocol without a database.
connection_parameters make_replication_parameters(connection_parameters probe);

/// The node's own sslmode, where its connection string says one; else `otherwise`.
config::node_tls tls_of(const config::node_settings& node, config::node_tls otherwise);

}  // namespace weir::net

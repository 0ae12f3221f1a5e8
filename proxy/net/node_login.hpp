// node_login: opens a backend connection: connect, TLS where wanted, start-up, authentication, until the
// node says ReadyForQuery. A dialog of the shell, not of the query path.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/instant.hpp"
#include "config/config.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"
#include "pool/tenant.hpp"
#include "session/backend_link.hpp"
#include "wire/scram.hpp"

namespace weir::net {

/// What proves the user to a node: a password, or keys recovered from the client's own proof.
struct node_credentials {
    std::string password;
    std::optional<wire::scram_keys> keys;
};

struct node_login_request {
    cluster::node_address address;
    config::tcp_settings tcp;
    config::node_tls tls = config::node_tls::prefer;
    std::shared_ptr<tls_context> tls_with;
    std::string tls_name;  // what its certificate is of
    pool::tenant whose;
    node_credentials credentials;
    milliseconds timeout{10000};
    std::function<bytes(std::size_t)> random;
};

struct node_connection {
    std::unique_ptr<stream> transport;
    session::backend_link link;
    std::uint32_t pid = 0;
    bytes secret;
};

struct node_login_failure {
    fault why;
    bool unreachable = false;  // nobody there, or starting up or shutting down: later or elsewhere
};

using node_login_outcome = std::variant<node_connection, node_login_failure>;

boost::asio::awaitable<node_login_outcome> log_in_at_node(boost::asio::io_context& io,
                                                          node_login_request request);

/// A plain connection to the node, without a login; for cancel requests too. Null where it fails, with
/// the reason in `why`.
boost::asio::awaitable<std::unique_ptr<stream>> connect_to_node(boost::asio::io_context& io,
                                                                const cluster::node_address& address,
                                                                milliseconds timeout,
                                                                std::string& why);

}  // namespace weir::net

#include "net/settings.hpp"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "config/find_database.hpp"
#include "net/own_addresses.hpp"
#include "net/random_bytes.hpp"
#include "net/tls.hpp"

namespace weir::net {
namespace {


session::tls_need need_of(config::client_tls mode) {
    switch (mode) {
        case config::client_tls::off: return session::tls_need::off;
        case config::client_tls::allow: return session::tls_need::allow;
        case config::client_tls::require: return session::tls_need::require;
        case config::client_tls::verify_ca: return session::tls_need::verify_ca;
        case config::client_tls::verify_full: return session::tls_need::verify_full;
    }
    return session::tls_need::off;
}

}  // namespace

result<worker_settings> make_worker_settings(const config::config& from, std::uint64_t generation) {
    worker_settings made;
    auto policy = std::make_shared<session::policy>();
    policy->generation = generation;
    policy->routing = from.routing;
    policy->rules = routing::rule_set(from.rules);
    policy->cycle_limit_bytes = from.server.cycle_limit_bytes;
    policy->prepared_per_backend = from.server.prepared_per_backend;
    policy->login_timeout = from.server.login_timeout;
    policy->slow_statement = from.log.slow_statement;
    policy->logs_literals = from.log.literals;
    policy->logs_connections = from.log.connections;
    policy->limits = {from.server.client_idle_timeout, from.server.idle_in_transaction_timeout,
                      from.server.query_timeout};
    policy->tls = need_of(from.tls_client.mode);
    policy->access = from.auth.rules;
    policy->own_addresses = own_addresses();
    policy->names = from.auth.names;
    policy->asks_nodes_for_secrets = !from.auth.query.statement.empty();
    policy->admin_users = from.auth.admin_users;
    policy->stats_users = from.auth.stats_users;
    for (const auto& [name, stored] : from.auth.users)
        policy->users[name] = session::make_user_secret(stored, random_bytes(session::user_secret_salt_bytes));
    policy->keeps_sequences = from.pool.keeps_sequences;
    policy->mode = from.pool.mode;
    policy->overrides = config::overrides_of(from);
    made.policy = std::move(policy);
    made.desk.limits = {from.pool.wait_timeout, from.pool.idle_timeout, from.pool.lifetime};
    made.desk.bounds = bounds_of(from);
    made.desk.tls = from.tls_server.mode;
    auto node_context = tls_context::for_nodes(from.tls_server);
    if (!node_context) return node_context.error();
    made.desk.tls_with = *node_context;
    if (from.tls_client.mode != config::client_tls::off) {
        auto client_context = tls_context::for_clients(from.tls_client);
        if (!client_context) return client_context.error();
        made.client_tls = *client_context;
    }
    made.databases = from.databases;
    made.parse_limit_bytes = from.server.parse_limit_bytes;
    made.verdict_cache_bytes = from.server.verdict_cache_bytes;
    return made;
}

pool::pool_bounds bounds_of(const config::config& from) {
    return {from.pool.size, from.pool.max_per_node, from.pool.max_waiting};
}

result<void> raise_descriptor_limit(const config::config& from) {
    std::size_t nodes = 0;
    for (const auto& c : from.clusters) nodes += c.nodes.size();
    // Clients, the pools of a few users, and room for logs, probes, HTTP and cancel requests.
    const rlim_t needed = from.server.max_clients + nodes * (from.pool.size * 4 + 8) + 128;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= needed) return {};
    rlimit raised{needed, std::max(limit.rlim_max, needed)};
    if (limit.rlim_max >= needed) raised.rlim_max = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return {};
    return fault{sqlstate::too_many_connections,
                 "max_clients = " + std::to_string(from.server.max_clients) + " needs " +
                     std::to_string(needed) + " file descriptors, and only " +
                     std::to_string(limit.rlim_max) + " are allowed",
                 "", "Raise the limit (ulimit -n, LimitNOFILE= of systemd) or lower max_clients."};
}

void notify_systemd(const std::string& state) {
    const char* path = std::getenv("NOTIFY_SOCKET");
    if (path == nullptr || std::strlen(path) < 2) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::min(std::strlen(path), sizeof address.sun_path - 1);
    std::memcpy(address.sun_path, path, length);
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // abstract name space
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address),
             static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length));
    ::close(fd);
}

}  // namespace weir::net

#include "options.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <iostream>

namespace shop {
namespace {

constexpr int wrong_use = 2;

struct raw_options {
    std::string listen = "127.0.0.1:0";
    std::string users;
    std::string inventory;
    std::string orders;
    std::string cache;
    std::string log_format = "text";
    long query_timeout_ms = 30000;
};

void add_shared(CLI::App& command, options& out, raw_options& raw) {
    command.add_option("--listen", raw.listen, "address and port; port 0 picks a free one")
        ->capture_default_str();
    command.add_option("--threads", out.threads, "requests answered at the same time")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command.add_option("--body-limit", out.body_limit_bytes, "largest body of a request, in bytes")
        ->check(CLI::Range(1024, 16 * 1024 * 1024))
        ->capture_default_str();
    command.add_option("--log-level", out.log_level, "trace, debug, info, warn, error or off")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
        ->capture_default_str();
    command.add_option("--log-format", raw.log_format, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
}

void add_database(CLI::App& command, options& out, raw_options& raw) {
    command.add_option("--database", out.database, "libpq connection string of Weir")->required();
    command
        .add_option("--connections", out.connections,
                    "database connections of a pool; 0 is twice the threads")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command.add_option("--query-timeout-ms", raw.query_timeout_ms, "longest wait for a statement")
        ->check(CLI::Range(1, 3600000))
        ->capture_default_str();
}

void add_public_url(CLI::App& command, options& out) {
    command.add_option("--public-url", out.public_url, "of the storefront, for links in mails");
}

void add_cache(CLI::App& command, raw_options& raw) {
    command.add_option("--cache", raw.cache, "Redis, as 127.0.0.1:6379; without it there is no cache");
}

void add_peer(CLI::App& command, const std::string& name, std::string& url) {
    command.add_option("--" + name, url, "URL of the service of this name")->required();
}

int refused(const std::string& why) {
    std::cerr << "shop: " << why << '\n';
    return wrong_use;
}

// What is wrong with it, "" for nothing.
std::string read_addresses(options& out, const raw_options& raw) {
    const auto listen = core::parse_host_port(raw.listen);
    if (!listen) return "--listen takes address:port, as in 127.0.0.1:8081";
    out.listen = *listen;
    struct peer {
        const char* name;
        const std::string& url;
        std::optional<core::host_port>& to;
    };
    for (const auto& [name, url, to] :
         {peer{"users", raw.users, out.users}, peer{"inventory", raw.inventory, out.inventory},
          peer{"orders", raw.orders, out.orders}}) {
        if (url.empty()) continue;
        to = core::parse_base_url(url);
        if (!to) return std::string("--") + name + " takes a URL as http://127.0.0.1:8081";
    }
    if (raw.cache.empty()) return {};
    out.cache = core::parse_host_port(raw.cache);
    return out.cache ? "" : "--cache takes address:port, as in 127.0.0.1:6379";
}

}  // namespace

std::variant<options, int> parse_options(int argc, char** argv) {
    CLI::App app{"A shop that knows one database address"};
    app.require_subcommand(1);
    options out;
    raw_options raw;
    auto* all = app.add_subcommand("all", "one server that is all of the services");
    auto* user = app.add_subcommand("user", "serve accounts and sessions");
    auto* inventory = app.add_subcommand("inventory", "serve the catalogue with prices and stock");
    auto* order = app.add_subcommand("order", "serve carts, checkout and orders");
    auto* storefront = app.add_subcommand("storefront", "serve the pages, and the way to the other services");
    for (auto* each : {all, user, inventory, order, storefront}) add_shared(*each, out, raw);
    for (auto* each : {all, user, inventory, order}) add_database(*each, out, raw);
    for (auto* each : {all, inventory, order}) add_cache(*each, raw);
    for (auto* each : {all, user}) add_public_url(*each, out);
    for (auto* each : {inventory, order, storefront}) add_peer(*each, "users", raw.users);
    add_peer(*storefront, "inventory", raw.inventory);
    add_peer(*storefront, "orders", raw.orders);
    all->add_option("--user-database", out.user_database, "of the accounts, where they have one of their own");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : wrong_use;
    }
    const std::array kinds{std::pair(all, service_kind::all), std::pair(user, service_kind::user),
                           std::pair(inventory, service_kind::inventory), std::pair(order, service_kind::order),
                           std::pair(storefront, service_kind::storefront)};
    for (const auto& [command, kind] : kinds) {
        if (command->parsed()) out.kind = kind;
    }
    out.query_timeout = std::chrono::milliseconds(raw.query_timeout_ms);
    out.logs_json = raw.log_format == "json";
    if (out.user_database.empty()) out.user_database = out.database;
    if (out.connections == 0) out.connections = out.threads * 2;
    if (const auto wrong = read_addresses(out, raw); !wrong.empty()) return refused(wrong);
    return out;
}

}  // namespace shop

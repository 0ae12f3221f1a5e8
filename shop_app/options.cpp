#include "options.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

namespace shop {
namespace {

constexpr int wrong_use = 2;

struct raw_options {
    std::string listen = "127.0.0.1:0";
    std::string peer;
    long query_timeout_ms = 30000;
};

void add_shared(CLI::App& command, options& out, raw_options& raw) {
    command.add_option("--listen", raw.listen, "address and port; port 0 picks a free one")
        ->capture_default_str();
    command.add_option("--database", out.database, "libpq connection string of Weir")->required();
    command.add_option("--threads", out.threads, "requests answered at the same time")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command
        .add_option("--connections", out.connections,
                    "database connections of a pool; 0 is twice the threads")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command.add_option("--query-timeout-ms", raw.query_timeout_ms, "longest wait for a statement")
        ->check(CLI::Range(1, 3600000))
        ->capture_default_str();
    command.add_option("--body-limit", out.body_limit_bytes, "largest body of a request, in bytes")
        ->check(CLI::Range(1024, 16 * 1024 * 1024))
        ->capture_default_str();
    command.add_option("--log-level", out.log_level, "trace, debug, info, warn, error or off")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
        ->capture_default_str();
}

int refused(const std::string& why) {
    std::cerr << "shop: " << why << '\n';
    return wrong_use;
}

}  // namespace

std::variant<options, int> parse_options(int argc, char** argv) {
    CLI::App app{"A shop that knows one database address"};
    app.require_subcommand(1);
    options out;
    raw_options raw;
    auto* user = app.add_subcommand("user", "serve accounts and sessions");
    auto* inventory =
        app.add_subcommand("inventory", "serve catalogue, carts, orders and the storefront");
    add_shared(*user, out, raw);
    add_shared(*inventory, out, raw);
    inventory->add_option("--peer", raw.peer, "URL of the user service")->required();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : wrong_use;
    }
    out.kind = user->parsed() ? service_kind::user : service_kind::inventory;
    out.query_timeout = std::chrono::milliseconds(raw.query_timeout_ms);
    if (out.connections == 0) out.connections = out.threads * 2;
    const auto listen = core::parse_host_port(raw.listen);
    if (!listen) return refused("--listen takes address:port, as in 127.0.0.1:8081");
    out.listen = *listen;
    if (out.kind == service_kind::inventory) {
        out.peer = core::parse_base_url(raw.peer);
        if (!out.peer) return refused("--peer takes a URL as http://127.0.0.1:8081");
    }
    return out;
}

}  // namespace shop

#include "net/conninfo.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <memory>

namespace weir::net {
namespace {

struct free_options {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using options_ptr = std::unique_ptr<PQconninfoOption, free_options>;

constexpr std::array supported{"host",
                               "hostaddr",
                               "port",
                               "user",
                               "password",
                               "passfile",
                               "dbname",
                               "sslmode",
                               "connect_timeout",
                               "keepalives",
                               "keepalives_idle",
                               "keepalives_interval",
                               "keepalives_count",
                               "tcp_user_timeout"};

bool is_supported(std::string_view keyword) {
    return std::find(supported.begin(), supported.end(), keyword) != supported.end();
}

/// What to say of a keyword that libpq knows and Weir does not honour.
std::string refusal(const std::string& keyword) {
    std::string text = keyword + " is not supported in a node's connection string";
    if (keyword == "target_session_attrs" || keyword == "load_balance_hosts")
        return text + ": list every server as a node of its own, Weir finds the roles by asking";
    if (keyword == "service") return text + ": write the service's host and port";
    if (keyword.starts_with("ssl")) return text + ": write it in the [tls.server] section";
    if (keyword == "options") return text + ": set it for the role or the database at the server";
    if (keyword == "application_name" || keyword == "client_encoding")
        return text + ": the clients' own is passed on";
    return text;
}

std::string sentence_of(char* message, const char* otherwise) {
    std::string text = message ? message : otherwise;
    PQfreemem(message);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

using parsed = std::variant<connection_parameters, std::string>;

/// Only what the string itself says; no defaults, nothing of the environment.
parsed parse(const std::string& conninfo) {
    if (conninfo.find('\0') != std::string::npos)
        return "a connection string cannot hold a NUL byte";
    char* message = nullptr;
    options_ptr options(PQconninfoParse(conninfo.c_str(), &message));
    if (!options) return sentence_of(message, "out of memory");
    connection_parameters result;
    for (auto* option = options.get(); option->keyword; ++option)
        if (option->val && *option->val) result.emplace_back(option->keyword, option->val);
    return result;
}

const std::string* find(const connection_parameters& parameters, std::string_view keyword) {
    auto at = std::find_if(parameters.begin(), parameters.end(),
                           [&](const auto& p) { return p.first == keyword; });
    return at == parameters.end() ? nullptr : &at->second;
}

void set_default(connection_parameters& parameters, const char* keyword, std::string value) {
    if (!value.empty() && !find(parameters, keyword))
        parameters.emplace_back(keyword, std::move(value));
}

std::optional<config::node_tls> parse_sslmode(std::string_view mode) {
    if (mode == "disable") return config::node_tls::disable;
    if (mode == "prefer") return config::node_tls::prefer;
    if (mode == "require") return config::node_tls::require;
    if (mode == "verify-ca") return config::node_tls::verify_ca;
    if (mode == "verify-full") return config::node_tls::verify_full;
    return std::nullopt;
}

const char* to_sslmode(config::node_tls mode) {
    switch (mode) {
        case config::node_tls::disable:
            return "disable";
        case config::node_tls::prefer:
            return "prefer";
        case config::node_tls::require:
            return "require";
        case config::node_tls::verify_ca:
            return "verify-ca";
        case config::node_tls::verify_full:
            return "verify-full";
    }
    return "verify-full";
}

/// What is wrong with these keywords or values, or nothing.
std::optional<std::string> complaint(const connection_parameters& parameters) {
    for (const auto& [keyword, value] : parameters) {
        if (!is_supported(keyword)) return refusal(keyword);
        bool several = (keyword == "host" || keyword == "hostaddr" || keyword == "port") &&
                       value.find(',') != std::string::npos;
        if (several)
            return keyword + " \"" + value +
                   "\" names several servers: one node is one server, list each as a node of its "
                   "own";
    }
    const std::string* host = find(parameters, "host");
    if (!host && !find(parameters, "hostaddr")) return "host is missing";
    if (host && host->front() == '@')
        return "host " + *host + ": abstract sockets are not supported";
    const std::string* mode = find(parameters, "sslmode");
    if (mode && !parse_sslmode(*mode))
        return "sslmode " + *mode + " is not supported towards a node: disable, prefer, require, verify-ca or verify-full";
    return std::nullopt;
}

/// As libpq reads them: less than 1 leaves it to the system.
std::optional<std::string> read_tcp(const connection_parameters& parameters, config::tcp_settings& to) {
    constexpr std::int64_t most = std::numeric_limits<int>::max();
    const auto read = [&](const char* keyword, std::uint32_t& into) -> std::optional<std::string> {
        const std::string* said = find(parameters, keyword);
        if (!said) return std::nullopt;
        std::int64_t number = 0;
        const char* end = said->data() + said->size();
        auto [stopped, error] = std::from_chars(said->data(), end, number);
        if (error != std::errc() || stopped != end || number > most)
            return std::string(keyword) + ' ' + *said + " is not a whole number";
        into = static_cast<std::uint32_t>(std::max<std::int64_t>(number, 0));
        return std::nullopt;
    };
    std::uint32_t wanted = 1;
    if (auto bad = read("keepalives", wanted)) return bad;
    to.keepalives = wanted != 0;
    if (auto bad = read("keepalives_idle", to.idle_seconds)) return bad;
    if (auto bad = read("keepalives_interval", to.interval_seconds)) return bad;
    if (auto bad = read("keepalives_count", to.count)) return bad;
    return read("tcp_user_timeout", to.user_timeout_ms);
}

std::string join(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : ",") + part;
    return text;
}

void set(connection_parameters& parameters, const char* keyword, std::string value) {
    std::erase_if(parameters, [&](const auto& p) { return p.first == keyword; });
    parameters.emplace_back(keyword, std::move(value));
}

}  // namespace

std::variant<config::node_settings, std::string> parse_node(const std::string& conninfo) {
    parsed outcome = parse(conninfo);
    if (auto* trouble = std::get_if<std::string>(&outcome)) return *trouble;
    const auto& parameters = std::get<connection_parameters>(outcome);
    if (auto trouble = complaint(parameters)) return *trouble;

    config::node_settings node;
    node.conninfo = conninfo;
    if (const std::string* port = find(parameters, "port")) {
        const char* end = port->data() + port->size();
        auto [stopped, error] = std::from_chars(port->data(), end, node.address.port);
        if (error != std::errc() || stopped != end || node.address.port == 0)
            return "port " + *port + " is not a number from 1 to 65535";
    }
    if (const std::string* user = find(parameters, "user")) node.user = *user;
    if (const std::string* password = find(parameters, "password")) node.password = *password;
    if (auto bad = read_tcp(parameters, node.tcp)) return *bad;
    const std::string* name = find(parameters, "host");
    const std::string* address = find(parameters, "hostaddr");
    node.address.host = address ? *address : *name;
    if (!name) name = address;
    node.tls_name = *name;
    bool colons = name->find(':') != std::string::npos;
    node.address.name =
        (colons ? "[" + *name + "]" : *name) + ":" + std::to_string(node.address.port);
    return node;
}

connection_parameters make_probe_parameters(const config::node_settings& node,
                                            const probe_login& login,
                                            const std::vector<std::string>& addresses) {
    parsed outcome = parse(node.conninfo);
    auto* said = std::get_if<connection_parameters>(&outcome);
    connection_parameters parameters = said ? *said : connection_parameters{};
    bool is_directory = node.address.host.starts_with('/');
    if (is_directory) {
        set(parameters, "host", node.address.host);
    } else if (addresses.empty()) {
        set(parameters, "hostaddr", node.address.host);
        set_default(parameters, "host", node.address.host);
    } else {  // libpq tries one after the other; its lists must be of one length
        std::vector<std::string> hosts(addresses.size(), node.address.host);
        set(parameters, "host", join(hosts));
        set(parameters, "hostaddr", join(addresses));
    }
    set(parameters, "port", std::to_string(node.address.port));
    set_default(parameters, "user", login.user);
    set_default(parameters, "password", login.password);
    set_default(parameters, "dbname", login.database);
    set_default(parameters, "sslmode", to_sslmode(login.tls.mode));
    // Said, libpq would look at the certificate with sslmode=require, too.
    const auto* mode = find(parameters, "sslmode");
    if (mode->starts_with("verify")) set_default(parameters, "sslrootcert", login.tls.ca);
    set_default(parameters, "sslcert", login.tls.cert);
    set_default(parameters, "sslkey", login.tls.key);
    set_default(parameters, "keepalives_idle", std::to_string(node.tcp.idle_seconds));
    set_default(parameters, "keepalives_interval", std::to_string(node.tcp.interval_seconds));
    set_default(parameters, "keepalives_count", std::to_string(node.tcp.count));
    auto seconds = std::chrono::ceil<std::chrono::seconds>(login.timeout).count();
    set_default(parameters, "connect_timeout", std::to_string(std::max<long>(seconds, 2)));
    // Said in full, or libpq would take them from this process's environment. Kerberos would block.
    set(parameters, "gssencmode", "disable");
    set(parameters, "target_session_attrs", "any");
    set(parameters, "client_encoding", "UTF8");
    set(parameters, "application_name", "weir-probe");
    // Whatever was set for the role or the database: names mean the system's own, and a replica
    // knows no serializable transactions.
    set(parameters, "options",
        "-c search_path=pg_catalog -c default_transaction_isolation=read\\ committed"
        " -c statement_timeout=0 -c synchronous_commit=local -c default_transaction_read_only=off");
    return parameters;
}

connection_parameters make_replication_parameters(connection_parameters probe) {
    set(probe, "replication", "true");
    // A walsender without a database sets nothing by these.
    std::erase_if(probe, [](const auto& p) { return p.first == "options"; });
    return probe;
}

config::node_tls tls_of(const config::node_settings& node, config::node_tls otherwise) {
    parsed outcome = parse(node.conninfo);
    const auto* said = std::get_if<connection_parameters>(&outcome);
    const std::string* mode = said ? find(*said, "sslmode") : nullptr;
    return mode ? parse_sslmode(*mode).value_or(otherwise) : otherwise;
}

}  // namespace weir::net

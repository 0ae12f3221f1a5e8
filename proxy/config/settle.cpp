// settle(): the order of things, and [server], [tls.client].
#include <algorithm>

#include "config/draft.hpp"
#include "config/quantity.hpp"
#include "config/settle_parts.hpp"

namespace weir::config {

namespace {

constexpr std::uint16_t usual_port = 6432;

std::optional<listen_address> read_address(const std::string& name, const placed_text& said,
                                           findings& found) {
    auto read = parse_listen(said.text);
    if (const auto* bad = std::get_if<wrong>(&read)) {
        found.refuse(said.at, name + " " + bad->message, bad->hint);
        return std::nullopt;
    }
    return std::get<listen_address>(std::move(read));
}

void settle_listen(draft& d, findings& found) {
    auto& listen = d.made.server.listen;
    const std::vector<placed_text> usual{{"127.0.0.1:" + std::to_string(usual_port), {}}};
    const auto& said = d.listen ? *d.listen : usual;
    if (said.empty()) found.refuse(d.where("server.listen"), "listen names no address");
    std::vector<place> places;
    for (const placed_text& each : said) {
        if (auto address = read_address("listen", each, found)) {
            listen.push_back(std::move(*address));
            places.push_back(each.at);
        }
    }
    const auto tcp = std::find_if(listen.begin(), listen.end(),
                                  [](const listen_address& a) { return !a.is_unix; });
    const std::uint16_t port = tcp == listen.end() ? usual_port : tcp->port;
    for (std::size_t i = 0; i < listen.size(); ++i) {
        if (listen[i].port == 0) listen[i].port = port;
        if (std::find(listen.begin(), listen.begin() + static_cast<std::ptrdiff_t>(i), listen[i]) !=
            listen.begin() + static_cast<std::ptrdiff_t>(i)) {
            found.refuse(places[i], "listen names " + to_string(listen[i]) + " twice");
        }
    }
}

void settle_http(draft& d, findings& found) {
    if (!d.http || d.http->text.empty()) return;
    auto address = read_address("http", *d.http, found);
    if (!address) return;
    const auto& listen = d.made.server.listen;
    if (address->is_unix) {
        found.refuse(d.http->at, "http cannot be a Unix socket", "write 127.0.0.1:9432");
    } else if (std::find(listen.begin(), listen.end(), *address) != listen.end()) {
        found.refuse(d.http->at, "http and listen are both " + to_string(*address));
    }
    d.made.server.http = std::move(address);
}

/// Whether the file can be read and looks like PEM.
void check_pem(const draft& d, const surroundings& world, findings& found, const std::string& path_of_key,
               const std::string& path) {
    if (path.empty()) return;
    const place at = d.where(path_of_key);
    const auto name = path_of_key.substr(path_of_key.rfind('.') + 1);
    const auto file = world.read_file(path);
    if (const auto* bad = std::get_if<complaint>(&file)) {
        found.refuse(at, name + ": " + path + " " + bad->message, bad->hint);
    } else if (std::get<std::string>(file).find("-----BEGIN ") == std::string::npos) {
        found.refuse(at, name + ": " + path + " is not in PEM format");
    }
    if (name == "key" && world.others_may_read && world.others_may_read(path))
        found.warn(at, "other users may read " + path, "chmod 600 " + path);
}

/// The key said by `needing` is worth nothing without this one.
void need(const draft& d, findings& found, const std::string& section, const std::string& needing, const std::string& name) {
    const auto path = section + "." + name;
    if (!d.said(path))
        found.refuse(d.where(section + "." + needing), needing + " needs " + name + " in [" + section + "]");
}

void settle_client_tls(draft& d, const surroundings& world, findings& found) {
    const client_tls_settings& tls = d.made.tls_client;
    check_pem(d, world, found, "tls.client.cert", tls.cert);
    check_pem(d, world, found, "tls.client.key", tls.key);
    check_pem(d, world, found, "tls.client.ca", tls.ca);
    if (tls.mode != client_tls::off)
        for (const auto* name : {"cert", "key"}) need(d, found, "tls.client", "mode", name);
    if (tls.mode == client_tls::verify_ca || tls.mode == client_tls::verify_full) need(d, found, "tls.client", "mode", "ca");
}

void settle_node_tls(draft& d, const surroundings& world, findings& found) {
    const node_tls_settings& tls = d.made.tls_server;
    check_pem(d, world, found, "tls.server.cert", tls.cert);
    check_pem(d, world, found, "tls.server.key", tls.key);
    check_pem(d, world, found, "tls.server.ca", tls.ca);
    if (tls.mode == node_tls::verify_ca || tls.mode == node_tls::verify_full) need(d, found, "tls.server", "mode", "ca");
    if (!tls.cert.empty()) need(d, found, "tls.server", "cert", "key");
    if (!tls.key.empty()) need(d, found, "tls.server", "key", "cert");
}

}  // namespace

void settle(draft& d, const surroundings& world, findings& found) {
    settle_listen(d, found);
    settle_http(d, found);
    unsigned& workers = d.made.server.workers;
    if (workers == 0) workers = std::clamp(world.cores, 1U, 4U);
    settle_peers(d, found);
    settle_auth(d, world, found);
    settle_client_tls(d, world, found);
    settle_node_tls(d, world, found);
    settle_clusters(d, world, found);
    settle_databases(d, found);
    settle_rules(d, found);
}

}  // namespace weir::config

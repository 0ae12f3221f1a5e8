#include "config/load.hpp"

#include <algorithm>
#include <tuple>

#include "config/document.hpp"
#include "config/draft.hpp"
#include "config/inventory.hpp"
#include "config/reader.hpp"

namespace weir::config {

namespace {

/// In the order of the text, the configuration itself before the files that it names.
void sort(std::vector<complaint>& all, const std::string& main_file) {
    const auto rank = [&](const complaint& c) {
        return std::make_tuple(c.file != main_file, std::string_view(c.file), c.line, c.column);
    };
    std::stable_sort(all.begin(), all.end(),
                     [&](const complaint& a, const complaint& b) { return rank(a) < rank(b); });
}

load_result close(draft d, findings& found, const std::string& file) {
    sort(found.errors(), file);
    sort(found.warnings(), file);
    if (!found.errors().empty()) return std::move(found.errors());
    d.made.warnings = std::move(found.warnings());
    return std::move(d.made);
}

/// Who may log in where no file says so: the users of the connection strings.
void take_logins(draft& d, const std::vector<node_settings>& nodes) {
    auth_settings& auth = d.made.auth;
    cluster_settings& cluster = d.made.clusters.front();
    cluster.probe_user.clear();
    for (const node_settings& node : nodes) {
        if (cluster.probe_user.empty()) {
            cluster.probe_user = node.user;
            cluster.probe_password = node.password;
        }
        if (!node.user.empty() && !node.password.empty())
            auth.users.emplace(node.user, node.password);
    }
    auth.method = auth.users.empty() ? auth::method::trust : auth::method::scram_sha_256;
    auth.rules = auth::hba_rules::same_for_all(auth.method);
    for (const auto& [name, password] : auth.users) auth.admin_users.push_back(name);
}

}  // namespace

std::string to_string(const complaint& c) {
    std::string out = c.file;
    if (c.line != 0) out += ":" + std::to_string(c.line);
    if (c.line != 0 && c.column != 0) out += ":" + std::to_string(c.column);
    out += ": " + c.message;
    if (!c.hint.empty()) out += " (" + c.hint + ")";
    return out;
}

load_result load(const std::string& file, const surroundings& world) {
    const auto text = world.read_file(file);
    if (const auto* bad = std::get_if<complaint>(&text)) return std::vector<complaint>{*bad};
    findings found(file);
    draft d;
    d.made.file = file;
    const auto document = parse_document(std::get<std::string>(text));
    if (const auto* bad = std::get_if<syntax_error>(&document)) {
        found.refuse(bad->at, "this is not TOML: " + bad->message);
        return found.errors();
    }
    reader(world, d, found).read(std::get<item::table>(document));
    d.made.said.values = said_in(std::get<item::table>(document));
    settle(d, world, found);
    return close(std::move(d), found, file);
}

load_result from_nodes(const std::vector<std::string>& conninfos, const surroundings& world) {
    const std::string source = "--node";
    findings found(source);
    draft d;
    d.made.auth.method = auth::method::trust;  // until the connection strings have been read
    cluster_draft& cluster = d.clusters.emplace_back();
    cluster.settings.name = "main";
    d.places["cluster.main.nodes"] = {};
    for (const std::string& each : conninfos) {
        node_draft& node = cluster.nodes.emplace_back();
        node.at.line = static_cast<std::uint32_t>(cluster.nodes.size());
        node.conninfo = each;
    }
    if (conninfos.empty()) found.refuse(place{}, "no node is named");
    settle(d, world, found);
    if (found.errors().empty()) take_logins(d, d.made.clusters.front().nodes);
    return close(std::move(d), found, source);
}

}  // namespace weir::config

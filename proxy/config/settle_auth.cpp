// settle(): [auth] with the files that it names.
#include <algorithm>

#include "config/settle_parts.hpp"
#include "config/users_file.hpp"

namespace weir::config {

namespace {

void warn_of_users(const draft& d, const users& read, findings& found) {
    const auth_settings& auth = d.made.auth;
    const bool by_scram_alone = auth.hba_file.empty() && auth.method == auth::method::scram_sha_256;
    if (!by_scram_alone || !auth.query.statement.empty()) return;
    if (read.entries.empty() && read.faults.empty()) {
        found.warn({auth.users_file, 0, 0, "holds no user: nobody can log in", {}});
    }
    for (const auto& [name, user] : read.entries) {
        if (form_of(user.secret) != secret_form::md5) continue;
        found.warn({auth.users_file, user.line, 0,
                    "\"" + name + "\" cannot log in: scram-sha-256 cannot check an md5 secret",
                    "make one with `weir scram-secret`"});
    }
    for (const std::string& admin : auth.admin_users) {
        if (read.entries.contains(admin)) continue;
        found.warn(d.where("auth.admin_users"),
                   "admin_users names \"" + admin + "\", who is not in users_file");
    }
}

/// Somebody has to know the secrets that clients are to prove.
void need_users(const draft& d, findings& found) {
    const auth_settings& auth = d.made.auth;
    if (!auth.rules.asks_for_secrets() || !auth.users.empty() || d.said("auth.users_file") ||
        !auth.query.statement.empty())
        return;
    const std::string who = auth.hba_file.empty() ? "method \"" + std::string(to_string(auth.method)) + "\"" : "hba_file";
    found.refuse(d.where("auth"), who + " needs users_file or query in [auth]",
                 "a file with lines of \"name\" \"secret\"");
}

void settle_users(draft& d, const surroundings& world, findings& found) {
    auth_settings& auth = d.made.auth;
    if (auth.users_file.empty()) return need_users(d, found);
    auto file = world.read_file(auth.users_file);
    if (const auto* bad = std::get_if<complaint>(&file)) {
        found.refuse(d.where("auth.users_file"),
                     "users_file: " + auth.users_file + " " + bad->message, bad->hint);
        return;
    }
    const users read = parse_users(std::get<std::string>(file));
    for (const auto& each : read.faults) {
        found.refuse(
            {auth.users_file, each.at.line, each.at.column, each.what.message, each.what.hint});
    }
    for (const auto& [name, user] : read.entries) auth.users.emplace(name, user.secret);
    warn_of_users(d, read, found);
    if (world.others_may_read && world.others_may_read(auth.users_file)) {
        found.warn(d.where("auth.users_file"), "other users may read " + auth.users_file,
                   "chmod 600 " + auth.users_file);
    }
}

void warn_of_trust(const draft& d, findings& found) {
    if (d.made.auth.method != auth::method::trust || !d.made.auth.hba_file.empty()) return;
    for (const listen_address& a : d.made.server.listen) {
        if (a.is_unix || a.host.starts_with("127.") || a.host == "::1") continue;
        found.warn(d.where("auth.method"),
                   "method \"trust\" lets in everybody who reaches " + to_string(a));
    }
}

/// All that is read goes to rules_text, too.
auth::file_access access_to(const surroundings& world, std::string& text) {
    auth::file_access files;
    files.read = [&](const std::string& path) -> std::variant<std::string, auth::file_access::missing> {
        auto file = world.read_file(path);
        if (auto* bad = std::get_if<complaint>(&file)) return auth::file_access::missing{bad->message};
        text += path + "\n" + std::get<std::string>(file);
        return std::get<std::string>(std::move(file));
    };
    files.list = [&](const std::string& path) -> std::variant<std::vector<std::string>, auth::file_access::missing> {
        if (!world.list_files) return std::vector<std::string>();
        auto names = world.list_files(path);
        if (auto* bad = std::get_if<complaint>(&names)) return auth::file_access::missing{bad->message};
        return std::get<std::vector<std::string>>(std::move(names));
    };
    return files;
}

complaint of(const auth::complaint& c) { return {c.file, c.line, 0, c.message, c.hint}; }

void settle_names(draft& d, const auth::file_access& files, findings& found) {
    auth_settings& auth = d.made.auth;
    if (auth.ident_file.empty()) return;
    if (auth.hba_file.empty()) found.warn(d.where("auth.ident_file"), "ident_file is of no use without hba_file");
    auto read = auth::parse_name_map(auth::read_token_lines(auth.ident_file, files));
    for (const auto& each : read.faults) found.refuse(of(each));
    auth.names = std::move(read.map);
}

void settle_rules_of_access(draft& d, const surroundings& world, findings& found) {
    auth_settings& auth = d.made.auth;
    const auto files = access_to(world, auth.rules_text);
    settle_names(d, files, found);
    auth.rules = auth::hba_rules::same_for_all(auth.method);
    if (auth.hba_file.empty()) return;
    if (d.said("auth.method")) found.warn(d.where("auth.method"), "method is of no use beside hba_file");
    auto read = auth::parse_hba(auth::read_token_lines(auth.hba_file, files));
    for (const auto& each : read.faults) found.refuse(of(each));
    for (const auto& each : read.warnings) found.warn(of(each));
    const bool without_tls = d.made.tls_client.mode == client_tls::off;
    for (const auto& line : read.lines) {
        if (without_tls && line.type == auth::connection_type::hostssl)
            found.warn({line.file, line.number, 0, "hostssl fits no connection: [tls.client] is off", {}});
    }
    for (const auto& [name, where] : read.maps) {
        if (auth.names.knows(name)) continue;
        found.refuse({where.file, where.line, 0, "there is no map \"" + name + "\" in ident_file", {}});
    }
    auth.rules = auth::hba_rules(std::move(read.lines));
}

void need_certificates(const draft& d, findings& found) {
    const auto& tls = d.made.tls_client;
    if (!d.made.auth.rules.asks_for_certificates() || (tls.mode != client_tls::off && !tls.ca.empty())) return;
    if (!d.made.auth.hba_file.empty()) {
        found.refuse(d.where("auth.hba_file"), "hba_file asks for certificates: that needs mode, cert, key and ca in [tls.client]");
    } else {
        found.refuse(d.where("auth.method"), "method \"cert\" needs mode, cert, key and ca in [tls.client]");
    }
}

}  // namespace

void settle_auth(draft& d, const surroundings& world, findings& found) {
    settle_rules_of_access(d, world, found);
    settle_users(d, world, found);
    warn_of_trust(d, found);
    need_certificates(d, found);
}

}  // namespace weir::config

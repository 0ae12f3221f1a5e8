#include "cli/import.hpp"

#include <algorithm>
#include <ostream>

#include "cli/import_parts.hpp"
#include "cli/loading.hpp"

namespace weir::cli {

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        auto part = text.substr(0, text.find(at));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
    }
    return parts;
}

std::string list_of(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& each : texts) all += (all.empty() ? "" : ", ") + toml_draft::quoted(each);
    return "[" + all + "]";
}

void take_mode(const std::string& mode, const std::string& section, const std::string& key, toml_draft& out) {
    out.set(section, key, mode == "session" ? "\"session\"" : "\"transaction\"");
    if (mode == "statement") out.remark(section, "it was \"statement\": Weir has transactions in it, too");
}

void take_auth_type(const std::string& type, toml_draft& out) {
    if (type == "hba") return;  // auth_hba_file says it
    const bool known = type == "scram-sha-256" || type == "md5" || type == "trust" || type == "cert";
    out.set("auth", "method", toml_draft::quoted(known ? type : type == "plain" ? "password" : "scram-sha-256"));
    if (!known && type != "plain") out.remark("auth", "it was auth_type = " + type + ", which Weir does not have");
}

void take_tls_mode(const std::string& mode, const std::string& section, toml_draft& out) {
    const bool of_clients = section == "tls.client";
    const bool off = mode == "disable";
    // Who prefers it is the client; a server can only allow it.
    const auto said = of_clients ? (off ? "off" : mode == "prefer" ? "allow" : mode) : (mode == "allow" ? "prefer" : mode);
    out.set(section, "mode", toml_draft::quoted(said));
}

result<std::string> import_text(std::string_view text, const std::string& name) {
    const auto entries = read_ini(text);
    const auto has = [&](auto is) { return std::any_of(entries.begin(), entries.end(), is); };
    if (has([](const ini_entry& e) { return e.section == "databases" || e.section == "pgbouncer"; }))
        return {boost::system::in_place_value, import_pgbouncer(entries)};
    if (has([](const ini_entry& e) { return e.section.empty() && e.key.starts_with("backend_hostname"); }))
        return {boost::system::in_place_value, import_pgpool(entries)};
    return fault{sqlstate::config_file_error, name + " is neither a pgbouncer.ini nor a pgpool.conf",
                 "A pgbouncer.ini has a section [databases], a pgpool.conf a backend_hostname0."};
}

int print_import(const import_command& what, const config::surroundings& world, const streams& with) {
    const auto text = world.read_file(what.file);
    if (const auto* bad = std::get_if<config::complaint>(&text)) {
        tell({*bad}, with);
        return exit_code::answer_is_no;
    }
    const auto made = import_text(std::get<std::string>(text), what.file);
    if (!made) {
        with.err << "weir: " << made.error().message << ". " << made.error().detail << "\n";
        return exit_code::answer_is_no;
    }
    with.out << *made;
    return exit_code::fine;
}

}  // namespace weir::cli

#include "cli/catalog_dump.hpp"

#include <ostream>

#include "net/catalog_dump.hpp"

namespace weir::cli {
namespace {

/// Where clients are led who say that name; null: nowhere.
const config::database_settings* find_database(const config::config& in, const std::string& name) {
    const config::database_settings* found = nullptr;
    for (const auto& d : in.databases)
        if (d.name == name || (d.name == "*" && found == nullptr)) found = &d;
    return found;
}

}  // namespace

int dump_catalog(const catalog_dump_command& c, const config::surroundings& world, const streams& with) {
    const auto loaded = config::load(c.file, world);
    if (const auto* errors = std::get_if<std::vector<config::complaint>>(&loaded)) {
        for (const config::complaint& each : *errors) with.err << to_string(each) << "\n";
        return exit_code::answer_is_no;
    }
    const auto& made = std::get<config::config>(loaded);
    const auto* database = find_database(made, c.database);
    if (database == nullptr) {
        with.err << "database \"" << c.database << "\" is not in " << made.file << "\n";
        return exit_code::answer_is_no;
    }
    for (const auto& cluster : made.clusters) {
        if (cluster.name != database->cluster) continue;
        const std::string name = database->dbname.empty() ? c.database : database->dbname;
        const auto text = net::dump_catalog(cluster, made.tls_server, name);
        if (text) {
            with.out << *text;
            return exit_code::fine;
        }
        with.err << text.error().message << "\n";
    }
    return exit_code::answer_is_no;
}

}  // namespace weir::cli

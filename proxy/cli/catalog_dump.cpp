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

result<std::string> read_catalog_now(const config::config& made, const std::string& database) {
    const auto* found = find_database(made, database);
    if (found == nullptr)
        return fault{sqlstate::invalid_catalog_name, "database \"" + database + "\" is not in " + made.file};
    for (const auto& cluster : made.clusters)
        if (cluster.name == found->cluster)
            return net::dump_catalog(cluster, made.tls_server, found->dbname.empty() ? database : found->dbname);
    return fault{sqlstate::invalid_catalog_name, "database \"" + database + "\" has no cluster"};
}

int dump_catalog(const catalog_dump_command& c, const config::surroundings& world, const streams& with) {
    const auto loaded = config::load(c.file, world);
    if (const auto* errors = std::get_if<std::vector<config::complaint>>(&loaded)) {
        for (const config::complaint& each : *errors) with.err << to_string(each) << "\n";
        return exit_code::answer_is_no;
    }
    const auto text = read_catalog_now(std::get<config::config>(loaded), c.database);
    if (!text) {
        with.err << text.error().message << "\n";
        return exit_code::answer_is_no;
    }
    with.out << *text;
    return exit_code::fine;
}

}  // namespace weir::cli

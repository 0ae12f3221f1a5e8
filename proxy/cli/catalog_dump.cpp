#include "cli/catalog_dump.hpp"

#include <ostream>

#include "cli/loading.hpp"
#include "config/find_database.hpp"
#include "net/catalog_dump.hpp"

namespace weir::cli {

result<std::string> read_catalog_now(const config::config& made, const std::string& database) {
    const auto* found = config::find_database(made.databases, database);
    if (found == nullptr)
        return fault{sqlstate::invalid_catalog_name, "database \"" + database + "\" is not in " + made.file};
    for (const auto& cluster : made.clusters)
        if (cluster.name == found->cluster)
            return net::dump_catalog(cluster, made.tls_server, found->dbname.empty() ? database : found->dbname);
    return fault{sqlstate::invalid_catalog_name, "database \"" + database + "\" has no cluster"};
}

int dump_catalog(const catalog_dump_command& c, const config::surroundings& world, const streams& with) {
    const auto made = load_or_tell(c.file, world, with);
    if (!made) return exit_code::answer_is_no;
    const auto text = read_catalog_now(*made, c.database);
    if (!text) {
        with.err << text.error().message << "\n";
        return exit_code::answer_is_no;
    }
    with.out << *text;
    return exit_code::fine;
}

}  // namespace weir::cli

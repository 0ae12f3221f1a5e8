#include "cli/run.hpp"

#include <ostream>

#include "cli/arguments.hpp"
#include "cli/catalog_dump.hpp"
#include "cli/loading.hpp"
#include "cli/manual.hpp"
#include "cli/check.hpp"
#include "cli/import.hpp"
#include "cli/route.hpp"
#include "cli/scram_secret.hpp"
#include "cli/surroundings.hpp"
#include "cli/test_cases.hpp"
#include "config/manual.hpp"
#include "config/reference.hpp"
#include "net/library_versions.hpp"

namespace weir::cli {

namespace {

struct runner {
    const streams& with;
    const serve_function& serve;

    int operator()(const serve_command& c) const {
        const auto load = [c] {
            const config::surroundings world = real_surroundings();
            return c.file.empty() ? config::from_nodes(c.nodes, world)
                                  : config::load(c.file, world);
        };
        auto loaded = load();
        if (const auto* errors = std::get_if<std::vector<config::complaint>>(&loaded)) {
            tell(*errors, with);
            with.err << "weir: not started, its configuration cannot be used\n";
            return exit_code::could_not_start;
        }
        return serve(std::get<config::config>(std::move(loaded)), load);
    }

    int operator()(const check_command& c) const { return check(c, real_surroundings(), with); }

    int operator()(const route_command& c) const { return route(c, real_surroundings(), with); }

    int operator()(const test_command& c) const { return test(c, real_surroundings(), with); }

    int operator()(const scram_secret_command& c) const { return print_scram_secret(c, with); }

    int operator()(const import_command& c) const { return print_import(c, real_surroundings(), with); }

    int operator()(const catalog_dump_command& c) const {
        return dump_catalog(c, real_surroundings(), with);
    }

    int operator()(const version_command&) const {
        with.out << "weir " << WEIR_VERSION << "\n";
        for (const auto& [library, version] : net::library_versions()) {
            with.out << library << " " << version << "\n";
        }
        return exit_code::fine;
    }

    int operator()(const reference_command&) const {
        with.out << config::reference_markdown();
        return exit_code::fine;
    }

    int operator()(const manual_command& c) const {
        with.out << (c.chapter == 5 ? config::configuration_manual(WEIR_VERSION) : command_manual(WEIR_VERSION));
        return exit_code::fine;
    }

    int operator()(const usage& u) const {
        (u.exit == exit_code::fine ? with.out : with.err) << u.text;
        return u.exit;
    }
};

}  // namespace

int run(const std::vector<std::string>& arguments, const streams& with,
        const serve_function& serve) {
    return std::visit(runner{with, serve}, parse_arguments(arguments));
}

}  // namespace weir::cli

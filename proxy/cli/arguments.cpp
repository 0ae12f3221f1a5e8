#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

namespace weir::cli {

namespace {

/// Everything that the parser writes to; it must outlive the parse.
struct answers {
    serve_command serve;
    check_command check;
    route_command route;
    test_command test;
    scram_secret_command scram_secret;
    catalog_dump_command catalog_dump;
    import_command import;
    bool wants_version = false;
    bool wants_reference = false;
    int wants_manual = 0;
};

void add_config(CLI::App& sub, std::string& to) {
    sub.add_option("-c,--config", to, "The configuration file")->type_name("FILE")->required();
}

void add_serve(CLI::App& app, serve_command& to) {
    auto* sub = app.add_subcommand("serve", "Serve clients until SIGTERM; SIGHUP reloads");
    auto* file =
        sub->add_option("-c,--config", to.file, "The configuration file")->type_name("FILE");
    auto* nodes = sub->add_option("--node", to.nodes,
                                  "Without a file: the connection string of a node, once for each");
    nodes->type_name("URI")->allow_extra_args(false);
    file->excludes(nodes);
}

void add_check(CLI::App& app, check_command& to) {
    auto* sub = app.add_subcommand("check", "Say what is wrong with a configuration");
    add_config(*sub, to.file);
    sub->add_flag("--connect", to.connects,
                  "Also ask every node for its role and our rights there");
}

void add_route(CLI::App& app, route_command& to) {
    auto* sub = app.add_subcommand("route", "Say where statements would go, and why; asks no server but with --connect");
    add_config(*sub, to.file);
    sub->add_option("statement", to.statement, "Statements, or - for standard input")
        ->type_name("SQL")
        ->required();
    sub->add_option("-U,--user", to.user, "Who says it")->capture_default_str();
    sub->add_option("-d,--database", to.database, "In which database; else named as the user");
    sub->add_option("--application-name", to.application_name, "Of which application");
    sub->add_option("--client", to.client, "From which address, or unix")->capture_default_str();
    auto* catalog = sub->add_option("--catalog", to.catalog, "What names stand for: what `weir catalog dump` has printed")
                        ->type_name("FILE");
    sub->add_flag("--connect", to.connect, "What names stand for, as the primary has it now")->excludes(catalog);
    sub->add_option("--search-path", to.search_path, "In which search_path")->capture_default_str();
    sub->add_flag("--brief", to.brief, "One line for each statement");
}

void add_test(CLI::App& app, test_command& to) {
    auto* sub = app.add_subcommand("test", "Check routing rules against cases; asks no server");
    add_config(*sub, to.file);
    sub->add_option("cases", to.cases, "Cases in TOML")->type_name("CASES")->required();
}

void add_scram_secret(CLI::App& app, scram_secret_command& to) {
    auto* sub = app.add_subcommand(
        "scram-secret",
        "Make a SCRAM-SHA-256 secret of a password, asked for or from standard input");
    sub->add_option("--iterations", to.iterations, "Rounds of hashing")
        ->check(CLI::Range(1, 10'000'000))
        ->capture_default_str();
}

void add_import(CLI::App& app, import_command& to) {
    auto* sub = app.add_subcommand("import", "Make a configuration of another pooler's, and print it");
    sub->add_option("file", to.file, "A pgbouncer.ini or a pgpool.conf")->type_name("FILE")->required();
}

void add_catalog(CLI::App& app, catalog_dump_command& to) {
    auto* sub = app.add_subcommand("catalog", "What is known of the catalog of a database");
    auto* dump = sub->add_subcommand(
        "dump", "Print it as the primary has it now, in the form that route --catalog takes");
    add_config(*dump, to.file);
    dump->add_option("-d,--database", to.database, "The database, as clients say it")
        ->type_name("DATABASE")
        ->required();
    sub->require_subcommand(1);
}

usage say(const CLI::App& app, const CLI::ParseError& error) {
    std::ostringstream out, err;
    const int code = app.exit(error, out, err);
    return {code == 0 ? exit_code::fine : exit_code::wrong_use, out.str() + err.str()};
}

usage misuse(const std::string& what) {
    return {exit_code::wrong_use, what + "\nRun with --help for more information.\n"};
}

command chosen(const CLI::App& app, answers got) {
    if (got.wants_version) return version_command{};
    if (got.wants_reference) return reference_command{};
    if (got.wants_manual > 0) return manual_command{got.wants_manual};
    if (app.got_subcommand("check")) return std::move(got.check);
    if (app.got_subcommand("route")) return std::move(got.route);
    if (app.got_subcommand("test")) return std::move(got.test);
    if (app.got_subcommand("scram-secret")) return got.scram_secret;
    if (app.got_subcommand("import")) return std::move(got.import);
    if (app.got_subcommand("catalog")) return std::move(got.catalog_dump);
    if (!app.got_subcommand("serve")) return misuse("weir needs a command\n\n" + app.help());
    if (got.serve.file.empty() && got.serve.nodes.empty()) {
        return misuse("serve needs -c FILE, or --node URI for each node");
    }
    return std::move(got.serve);
}

constexpr auto description = "Weir: a proxy for PostgreSQL that sends writes to the primary and reads to replicas";

void add_all(CLI::App& app, answers& got) {
    add_serve(app, got.serve);
    add_check(app, got.check);
    add_route(app, got.route);
    add_test(app, got.test);
    add_scram_secret(app, got.scram_secret);
    add_catalog(app, got.catalog_dump);
    add_import(app, got.import);
    app.add_flag("--version", got.wants_version, "Print the version and those of the libraries");
    app.add_flag("--print-configuration-reference", got.wants_reference)->group("");  // hidden
    app.add_option("--print-manual", got.wants_manual)->check(CLI::IsMember({1, 5}))->group("");
    app.require_subcommand(0, 1);
}

}  // namespace

std::string help_of_all() {
    CLI::App app(description, "weir");
    answers got;
    add_all(app, got);
    return app.help("", CLI::AppFormatMode::All);
}

command parse_arguments(const std::vector<std::string>& arguments) {
    CLI::App app(description, "weir");
    answers got;
    add_all(app, got);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 takes them
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        return say(app, error);
    }
    return chosen(app, std::move(got));
}

}  // namespace weir::cli

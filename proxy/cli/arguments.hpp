// arguments: the command line as a value. Knows the words, does none of the work.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace weir::cli {

/// What scripts rely on.
namespace exit_code {
inline constexpr int fine = 0;
inline constexpr int answer_is_no = 1;
inline constexpr int wrong_use = 2;
inline constexpr int could_not_start = 3;
}  // namespace exit_code

struct serve_command {
    std::string file;                // empty: `nodes` instead
    std::vector<std::string> nodes;  // connection strings
};
struct check_command {
    std::string file;
    bool connects = false;  // ask the nodes too
};
struct route_command {
    std::string file;
    std::string statement;  // or "-": from standard input
    std::string user = "postgres";
    std::string database;  // empty: as the user
    std::string application_name;
    std::string client = "127.0.0.1";
    std::string catalog;   // file that `catalog dump` wrote; empty: none
    bool connect = false;  // the catalog as the primary has it now
    std::string search_path = R"("$user", public)";
    bool brief = false;
};
struct test_command {
    std::string file;
    std::string cases;
};
struct scram_secret_command {
    std::uint32_t iterations = 4096;
};
/// Prints the catalog of a database, for `weir route --catalog`.
struct catalog_dump_command {
    std::string file;
    std::string database;
};
struct version_command {};
/// Prints docs/configuration.md; for those who build Weir.
struct reference_command {};
/// weir(1) or weir.toml(5).
struct manual_command {
    int chapter = 1;
};
/// Nothing to do but to say this: help that was asked for, or what is wrong with the arguments.
struct usage {
    int exit = exit_code::fine;
    std::string text;
};

struct import_command {
    std::string file;  // pgbouncer.ini or pgpool.conf, whatever its name
};

using command = std::variant<serve_command, check_command, route_command, test_command, catalog_dump_command,
                             scram_secret_command, import_command, version_command, reference_command,
                             manual_command, usage>;

/// Without the program's name.
/// What --help says, of all commands.
std::string help_of_all();

command parse_arguments(const std::vector<std::string>& arguments);

}  // namespace weir::cli

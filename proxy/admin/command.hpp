// command: the text of a console statement -> which command it is. It knows the words, not what
// they do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fault.hpp"

namespace weir::admin {

enum class command : std::uint8_t {
    empty,  // nothing but comments, white space and semicolons
    help,
    show_nodes,
    show_routes,
    show_rules,
    show_pins,
    show_digests,
    show_pools,
    show_clients,
    show_stats,
    show_databases,
    show_lists,
    show_version,
    reload,
    clear_learned,
};

/// Words in any letter case, with comments as PostgreSQL has them and a semicolon or none. A fault
/// tells what the console knows.
result<command> parse_command(std::string_view statement);

struct command_help {
    command is;
    std::string_view words;  // "SHOW NODES"
    std::string_view tells;
};

/// Every command but the empty one, in the order in which they are told.
struct command_list {
    const command_help* begin() const;
    const command_help* end() const;
};

}  // namespace weir::admin

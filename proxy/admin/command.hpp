// command: the text of a console statement -> which command it is, and of what. It knows the words, not
// what they do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "base/instant.hpp"

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
    show_servers,
    show_stats,
    show_databases,
    show_lists,
    show_version,
    show_config,
    show_cache,
    show_tokens,
    show_advice,
    show_reloads,
    show_events,
    reload,
    clear_learned,
    clear_digests,
    pause,
    resume,
    drain_node,
    undrain_node,
    kill,
    kill_client,
    set,
};

/// Is it more than a look?
bool changes_something(command c);

/// What a command is followed by.
enum class operand : std::uint8_t { none, database_or_none, database, node, client, setting };

struct order {
    command is;
    std::string name = {};  // as it was written, without its quotes; empty: none was
    std::optional<milliseconds> within = {};
    std::string value = {};  // of SET

    bool operator==(const order&) const = default;
    bool operator==(command other) const { return is == other; }
};

/// Words in any letter case, with comments as PostgreSQL has them and a semicolon or none; names as they are,
/// in double quotes or without. A fault tells what the console knows.
result<order> parse_command(std::string_view statement);

struct command_help {
    command is;
    std::string_view words;  // "SHOW NODES"
    std::string_view tells;
    operand takes = operand::none;
    bool waits = false;  // may be told how long
};

/// "PAUSE [database] [WITHIN ms]"
std::string usage_of(const command_help& one);

/// Every command but the empty one, in the order in which they are told.
struct command_list {
    const command_help* begin() const;
    const command_help* end() const;
};

}  // namespace weir::admin

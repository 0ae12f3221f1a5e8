// load: TOML text -> config. Every key is known or refused with the nearest known one; every error
// names file, line and column. Opens the files that the configuration names through the functions
// it is given, and knows neither sockets nor libpq.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/complaint.hpp"
#include "config/config.hpp"

namespace weir::config {

/// What load() needs from the world outside.
struct surroundings {
    /// Contents of a file, or why it cannot be read (the variant's second).
    std::function<std::variant<std::string, complaint>(const std::string& path)> read_file;
    std::function<std::optional<std::string>(const std::string& name)> environment;
    /// A libpq connection string or URI taken apart (host, port and the rest), or what is wrong
    /// with it.
    std::function<std::variant<node_settings, std::string>(const std::string& conninfo)> parse_node;
    unsigned cores = 1;
    /// Names of the files in a directory, or why it cannot be read. May be empty: there are none.
    std::function<std::variant<std::vector<std::string>, complaint>(const std::string& path)> list_files = {};
    /// True where users other than the owner may read the file. May be empty: not asked.
    std::function<bool(const std::string& path)> others_may_read = {};
};

using load_result = std::variant<config, std::vector<complaint>>;

load_result load(const std::string& file, const surroundings& world);
/// `weir serve --node URI ...`: the smallest configuration, without a file. Clients log in with the
/// users and passwords of the URIs; where no URI has a password, anybody may, from this machine
/// only.
load_result from_nodes(const std::vector<std::string>& conninfos, const surroundings& world);

}  // namespace weir::config

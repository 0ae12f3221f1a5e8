// import: the configuration of another pooler -> Weir's, with what does not map, and why, as comments in it.
#pragma once

#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "cli/arguments.hpp"
#include "cli/run.hpp"
#include "config/load.hpp"

namespace weir::cli {

/// TOML. A fault where the text is neither of the two.
result<std::string> import_text(std::string_view text, const std::string& name);

/// Prints it.
int print_import(const import_command& what, const config::surroundings& world, const streams& with);

}  // namespace weir::cli

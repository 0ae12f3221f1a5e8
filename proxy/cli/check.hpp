// check: `weir check`: reads a configuration as `serve` would and says what it found.
#pragma once

#include "cli/arguments.hpp"
#include "cli/run.hpp"

namespace weir::cli {

int check(const check_command& c, const config::surroundings& world, const streams& with);

/// "ok: 1 cluster with 3 nodes, ..." in one line.
std::string summary(const config::config& made);

}  // namespace weir::cli

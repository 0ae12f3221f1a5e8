// route: `weir route`: where statements would go, and why.
#pragma once

#include "cli/arguments.hpp"
#include "cli/run.hpp"

namespace weir::cli {

/// The exit status.
int route(const route_command& c, const config::surroundings& world, const streams& with);

}  // namespace weir::cli

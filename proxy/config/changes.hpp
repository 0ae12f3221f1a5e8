// changes: what a reload would change, and what of it has to wait for a restart.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace weir::config {

/// One line for each part that differs: "pool: changed", "cluster.main.probe_user: changed, takes effect after a
/// restart".
std::vector<std::string> describe_changes(const config& running, const config& fresh);

/// Sets back in `fresh`, and in what it says, all that takes a restart.
void keep_what_takes_restart(config& fresh, const config& running);

}  // namespace weir::config

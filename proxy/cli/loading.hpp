// loading: the configuration that a command is about, or its complaints on standard error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/run.hpp"
#include "config/load.hpp"

namespace weir::cli {

void tell(const std::vector<config::complaint>& complaints, const streams& with);

/// Nothing: it cannot be used, and why has been told.
std::optional<config::config> load_or_tell(const std::string& file, const config::surroundings& world,
                                           const streams& with);

}  // namespace weir::cli

// surroundings: what config::load needs of this machine: its files, environment and processors.
#pragma once

#include <string>
#include <string_view>

#include "config/load.hpp"

namespace weir::cli {

config::surroundings real_surroundings();

/// What a cgroup lets its processes use, as whole processors, rounded up; 0 where it sets no limit.
/// max: the text of cpu.max of cgroup v2, "200000 100000" or "max 100000".
unsigned quota_of(std::string_view max);

}  // namespace weir::cli

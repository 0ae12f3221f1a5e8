// library_versions: what this Weir runs with, for `weir --version` and bug reports.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace weir::net {

/// Name and version; those of shared libraries as they are loaded now, not as they were built with.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace weir::net

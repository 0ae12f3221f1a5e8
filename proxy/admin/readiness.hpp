// readiness: should new clients be sent here? Weir's own health is another question (/livez): a
// restart brings no node back.
#pragma once

#include <optional>
#include <string>

#include "status/report.hpp"

namespace weir::admin {

/// Why not, or nothing.
std::optional<std::string> why_not_ready(const status::report& now);

}  // namespace weir::admin

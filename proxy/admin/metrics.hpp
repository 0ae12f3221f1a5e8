// metrics: a report -> the text of /metrics. No label takes values that clients can make up without
// end.
#pragma once

#include <string>

#include "status/report.hpp"

namespace weir::admin {

/// Databases with series of their own, those with most requests; the others are summed up as
/// "(other)".
inline constexpr std::size_t most_databases = 100;

std::string metrics_text(const status::report& now);

}  // namespace weir::admin

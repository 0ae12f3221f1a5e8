// json_state: a report as JSON, for the dashboard and for programs. Durations in seconds, moments in microseconds since
// 1970; histograms as counts for the bounds that it names.
#pragma once

#include <string>

#include "status/admin_port.hpp"
#include "status/report.hpp"

namespace weir::admin {

/// Digests are those of the report, the most called first, at most 1,000.
std::string state_as_json(const status::report& now);
/// {"columns": [...], "rows": [[...]]}
std::string table_as_json(const status::table& what);

}  // namespace weir::admin

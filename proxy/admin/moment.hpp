// moment: a point in time as the console writes it: PgBouncer's form, in UTC.
#pragma once

#include "admin/layout.hpp"
#include "base/instant.hpp"

namespace weir::admin {

/// Microseconds since 1970; 0: not known.
cell moment(std::int64_t at_us);
/// So long before `now_us`.
cell moment(std::int64_t now_us, duration ago);

}  // namespace weir::admin

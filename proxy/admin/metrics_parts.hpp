// metrics_parts: the metrics that have nodes or databases as labels. For metrics alone.
#pragma once

#include "admin/exposition.hpp"
#include "status/report.hpp"

namespace weir::admin {

void tell_nodes(const status::report& now, exposition& out);
void tell_traffic(const status::report& now, exposition& out);

}  // namespace weir::admin

// query_string: what stands behind the "?" of a request's target, as forms write it (application/x-www-form-urlencoded,
// URL Standard, section 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::admin {

/// The value of the first field of this name, decoded. Nothing: there is none.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

}  // namespace weir::admin

// dashboard: the page that a browser is given: markup, style and script in one, with nothing from elsewhere. Made of
// proxy/admin/dashboard/ when Weir is built.
#pragma once

#include <string_view>

namespace weir::admin {

std::string_view dashboard_page();

}  // namespace weir::admin

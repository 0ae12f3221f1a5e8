// desk: answers the console and HTTP: a request and the report of the moment -> rows or a page. It
// keeps nothing, and knows neither protocol nor sockets.
#pragma once

#include "status/admin_port.hpp"

namespace weir::admin {

class desk final : public status::admin_port {
public:
    result<status::table> console(std::string_view statement, status::console_right has, status::control& running) override;
    result<std::vector<std::string>> columns(std::string_view statement) override;
    status::http_reply get(std::string_view path, std::string_view query, status::control& running) override;
};

}  // namespace weir::admin

// How the shop's log looks: lines for people, or a JSON object each.
#pragma once

#include <string>

namespace shop {

void set_up_logging(const std::string& level, bool as_json);

}  // namespace shop

// The descriptions of the services' interfaces (OpenAPI 3.0), as the files beside this one have them, compiled in.
#pragma once

#include <string_view>

namespace shop::core {

// "user", "inventory" or "order"; "" for any other name.
std::string_view openapi_of(std::string_view service);

}  // namespace shop::core

// Cookies: reading one of a request's header, and what sets one.
#pragma once

#include <string>
#include <string_view>

namespace shop::core {

// Of the Cookie header's value (RFC 6265, section 4.2.1); "" when there is none of that name.
std::string_view cookie_in(std::string_view header, std::string_view name);

// The value of a Set-Cookie header.
std::string cookie(std::string_view name, std::string_view value, long max_age_seconds);

}  // namespace shop::core

#include "core/cookie.hpp"

#include "core/text.hpp"

namespace shop::core {

std::string_view cookie_in(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const auto end = header.find(';');
        const auto pair = trimmed(header.substr(0, end));
        header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
            return pair.substr(equals + 1);
        }
    }
    return {};
}

std::string cookie(std::string_view name, std::string_view value, long max_age_seconds) {
    // HttpOnly: no script reads it. Lax: no other site's form or script sends it.
    return std::string(name) + "=" + std::string(value) +
           "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(max_age_seconds);
}

}  // namespace shop::core

#include "core/host_port.hpp"

#include "core/number.hpp"

namespace shop::core {

std::optional<host_port> parse_host_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const auto port = number_in(text.substr(colon + 1), 0, 65535);
    auto host = text.substr(0, colon);
    const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (is_bracketed) host = host.substr(1, host.size() - 2);
    const bool has_stray = !is_bracketed && host.find_first_of(":[]/ ") != std::string_view::npos;
    if (!port || has_stray) return std::nullopt;
    return host_port{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::optional<host_port> parse_base_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return std::nullopt;
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    return parse_host_port(url);
}

std::string to_text(const host_port& shown) {
    const bool is_ipv6 = shown.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + shown.host + "]" : shown.host) + ":" + std::to_string(shown.port);
}

}  // namespace shop::core

// Where to listen and whom to call, as people write it: host:port, [::1]:port, http://host:port.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shop::core {

struct host_port {
    std::string host;  // without brackets
    std::uint16_t port = 0;
};

std::optional<host_port> parse_host_port(std::string_view text);

// http:// with host and port, and no path.
std::optional<host_port> parse_base_url(std::string_view url);

// An IPv6 address gets its brackets back.
std::string to_text(const host_port& shown);

}  // namespace shop::core

// client_address: how the address of a client is written: "10.1.2.3:5000", "[::1]:5000", the same without a port, or "unix".
#pragma once

#include <string_view>

namespace weir {

/// Without the port and the brackets.
constexpr std::string_view host_of(std::string_view client) {
    if (client.starts_with('[')) {
        const auto end = client.find(']');
        return client.substr(1, end == std::string_view::npos ? end : end - 1);
    }
    const auto colon = client.find(':');
    const bool one = colon != std::string_view::npos && client.rfind(':') == colon;
    return one ? client.substr(0, colon) : client;
}

}  // namespace weir

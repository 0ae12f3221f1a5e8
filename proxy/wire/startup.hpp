// The first packet of a connection (no type byte): start-up, SSLRequest, GSSENCRequest or
// CancelRequest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::wire {

/// PostgreSQL's MAX_STARTUP_PACKET_LENGTH; checked before anything is kept.
inline constexpr std::uint32_t longest_startup_packet = 10000;

struct startup_parameter {
    std::string name;
    std::string value;

    bool operator==(const startup_parameter&) const = default;
};

struct startup_request {
    std::uint16_t major = 3;
    std::uint16_t minor = 0;
    std::vector<startup_parameter> parameters;  // in the order sent, user and database included

    const std::string* find(std::string_view name) const;
};
struct ssl_request {};
struct gss_request {};
struct cancel_request {
    std::uint32_t pid = 0;
    bytes secret;  // 4 bytes in 3.0, up to 256 in 3.2
};
using first_packet = std::variant<startup_request, ssl_request, gss_request, cancel_request>;

/// Takes one packet off the front of `in`. Nothing: not whole yet (`in` untouched). Errors: 08P01
/// for a length outside 8..10000 or a form that is not a start-up packet; 0A000 for a major version
/// that is not 3 (message as PostgreSQL's: "unsupported frontend protocol ...").
result<std::optional<first_packet>> take_first_packet(bytes_view& in);

void append_startup(bytes& out, std::uint16_t minor,
                    const std::vector<startup_parameter>& parameters);
void append_ssl_request(bytes& out);
void append_cancel_request(bytes& out, std::uint32_t pid, bytes_view secret);

}  // namespace weir::wire

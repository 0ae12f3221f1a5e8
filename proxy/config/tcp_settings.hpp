// tcp_settings: when a connection to a node whose host says nothing any more is given up. Named and meant
// as in libpq's connection strings.
#pragma once

#include <cstdint>

namespace weir::config {

/// 0 in a number: the system's own.
struct tcp_settings {
    bool keepalives = true;
    std::uint32_t idle_seconds = 5;  // silence before the first probe of the kernel's
    std::uint32_t interval_seconds = 2;
    std::uint32_t count = 3;
    /// For what was sent and not acknowledged. Not by default: Linux also ends a connection whose other
    /// side lives and reads nothing for so long, as a COPY does that waits for a lock.
    std::uint32_t user_timeout_ms = 0;

    bool operator==(const tcp_settings&) const = default;
};

}  // namespace weir::config

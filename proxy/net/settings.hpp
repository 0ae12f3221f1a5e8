// settings: a configuration turned into what workers and sessions use.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "net/worker.hpp"

namespace weir::net {

/// F0000 where certificates cannot be used. hubs are left to the caller.
result<worker_settings> make_worker_settings(const config::config& from, std::uint64_t generation);

pool::pool_bounds bounds_of(const config::config& from);

/// Raises RLIMIT_NOFILE to what the clients and pools can need. 53300 with the number where it cannot.
result<void> raise_descriptor_limit(const config::config& from);

/// Tells systemd where NOTIFY_SOCKET is set: "READY=1", "STOPPING=1".
void notify_systemd(const std::string& state);

}  // namespace weir::net

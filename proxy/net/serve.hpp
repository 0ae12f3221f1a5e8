// serve: runs Weir until it is told to stop: clusters, workers, listeners, console, HTTP, signals.
#pragma once

#include <functional>

#include "config/load.hpp"
#include "status/admin_port.hpp"

namespace weir::net {

/// Returns the exit status: 0 after a drain, 3 where it could not start (the reason is logged).
/// reload reads the configuration again (SIGHUP, RELOAD). Call once in the life of the process.
int serve(config::config initial, std::function<config::load_result()> reload,
          status::admin_port& answers);

}  // namespace weir::net

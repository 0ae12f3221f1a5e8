// instant: a moment of the monotonic clock. The core is told the time and never reads a clock.
#pragma once

#include <chrono>
#include <limits>

namespace weir {

using instant = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;
using std::chrono::milliseconds;

inline constexpr instant never = instant::max();

}  // namespace weir

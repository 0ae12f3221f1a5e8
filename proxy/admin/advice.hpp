// advice: a report -> what an operator could change, how much it would free, and by which lines of the configuration.
// It only says so.
#pragma once

#include <string>
#include <vector>

#include "status/report.hpp"

namespace weir::admin {

struct advice {
    std::string about;     // a digest, a pool, a node, or all of it
    std::string finding;
    std::string change;    // for the configuration, or for people
    double seconds = 0;    // of the primary's time that it would free; 0: not that kind
    std::uint64_t count = 0;  // requests that it concerns
};

/// What frees most comes first.
std::vector<advice> advise(const status::report& now);

}  // namespace weir::admin

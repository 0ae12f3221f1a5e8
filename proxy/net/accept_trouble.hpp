// accept_trouble: what a socket that listens does where it cannot take who has come, as a rule for want of
// descriptors: it says so, but not each time, and tries again after a pause. Without the pause it would go round in a
// loop, because who has come is still there.
#pragma once

#include <spdlog/spdlog.h>

#include <chrono>
#include <string_view>

#include "base/repeated_word.hpp"

namespace weir::net {

class accept_trouble {
public:
    static constexpr milliseconds pause{100};

    /// The log is told once in five seconds. `where`: whom they wanted to reach.
    void note(std::string_view where, std::string_view why) {
        if (word_.is_due(why, std::chrono::steady_clock::now()))
            spdlog::error("{}: cannot accept a connection: {}; trying again every {} ms", where, why, pause.count());
    }

private:
    repeated_word word_;
};

}  // namespace weir::net

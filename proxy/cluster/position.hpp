// position: a WAL position with the history it belongs to. Two positions can be compared only
// within one history; of different timelines nothing is known without the fork point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/lsn.hpp"

namespace weir::cluster {

struct position {
    std::uint64_t system_identifier = 0;
    std::uint32_t timeline = 0;
    lsn at;

    bool operator==(const position&) const = default;
    bool same_history(const position& other) const {
        return system_identifier == other.system_identifier && timeline == other.timeline;
    }
};

/// True where `known` is proved to be at or behind which all of `wanted` is visible: same history
/// and not lower. Anything else is not proved.
inline bool has_reached(const position& known, const position& wanted) {
    return known.same_history(wanted) && known.at >= wanted.at;
}

}  // namespace weir::cluster

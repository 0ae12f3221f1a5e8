// timeline_history: where each timeline that a server's own descends from ended (manual, 26.3.6): what is known
// on an ended one is known on the server's up to that point, and no further.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "cluster/position.hpp"

namespace weir::cluster {

struct fork {
    std::uint32_t timeline = 0;  // that ended
    lsn at;                      // its first byte that the next one has written anew

    bool operator==(const fork&) const = default;
};

struct timeline_history {
    std::uint32_t of = 0;  // the timeline that it leads to
    std::vector<fork> forks;

    bool operator==(const timeline_history&) const = default;
};

/// The content of a history file, as TIMELINE_HISTORY gives it (manual, 55.4): a line for each timeline, its
/// number, the point and a reason. Nothing: it is none.
std::optional<timeline_history> read_timeline_history(std::uint32_t of, std::string_view content);

/// The same position on the history's timeline, at most where its own one ended; nothing where its timeline is
/// no ancestor. system_identifier: of the server that the history is of.
std::optional<position> carried_over(const position& from, std::uint64_t system_identifier,
                                     const timeline_history& history);

}  // namespace weir::cluster

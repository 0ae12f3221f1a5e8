// read_share: which part of the reads that its weight would bring a replica gets just now. A node that
// comes back has cold caches and is given more from second to second; one whose replay cancels reads
// is given fewer for a while.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/instant.hpp"

namespace weir::cluster {

struct share_settings {
    milliseconds slow_start{5000};        // from the least to the full share; 0: full at once
    milliseconds conflict_memory{10000};  // until a recovery conflict is forgotten

    bool operator==(const share_settings&) const = default;
};

enum class share_limit : std::uint8_t { none, slow_start, recovery_conflicts, slow_answers };
std::string_view to_string(share_limit why);

class read_share {
public:
    static constexpr std::uint32_t full = 100;  // percent
    static constexpr std::uint32_t least = 10;

    struct value {
        std::uint32_t percent = full;  // whole tens, so that turns by weight stay few
        share_limit why = share_limit::none;
    };

    void come_back(instant now) { back_ = now; }
    /// The replica's replay has cancelled a read. Several at one moment are of one replayed record.
    void on_conflict(instant now, const share_settings& with);
    value at(instant now, const share_settings& with) const;

private:
    std::uint32_t after_conflict(instant now, const share_settings& with) const;

    std::optional<instant> back_;
    std::optional<instant> conflict_;
    std::uint32_t left_ = full;  // at the time of the conflict
};

}  // namespace weir::cluster

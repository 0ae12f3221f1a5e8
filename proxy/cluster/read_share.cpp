#include "cluster/read_share.hpp"

#include <algorithm>

namespace weir::cluster {
namespace {

constexpr milliseconds one_moment{100};

/// From `first` percent to all, in a straight line.
std::uint32_t rising(std::uint32_t first, duration since, milliseconds over) {
    const auto passed = std::chrono::duration_cast<milliseconds>(since);
    if (passed >= over) return read_share::full;
    const auto rest = static_cast<std::int64_t>(read_share::full - first);
    return first + static_cast<std::uint32_t>(rest * std::max<std::int64_t>(passed.count(), 0) / over.count());
}

}  // namespace

std::string_view to_string(share_limit why) {
    switch (why) {
        case share_limit::none: return "";
        case share_limit::slow_start: return "slow start";
        case share_limit::recovery_conflicts: return "recovery conflicts";
        case share_limit::slow_answers: return "slow answers";
    }
    return "";
}

std::uint32_t read_share::after_conflict(instant now, const share_settings& with) const {
    return conflict_ ? rising(left_, now - *conflict_, with.conflict_memory) : full;
}

void read_share::on_conflict(instant now, const share_settings& with) {
    if (conflict_ && now - *conflict_ < one_moment) return;
    left_ = std::max(after_conflict(now, with) / 2, least);
    conflict_ = now;
}

read_share::value read_share::at(instant now, const share_settings& with) const {
    const auto started = back_ ? rising(least, now - *back_, with.slow_start) : full;
    const auto calm = after_conflict(now, with);
    const auto percent = std::min(started, calm);
    if (percent == full) return {};
    return {std::max(percent / 10 * 10, least),
            started <= calm ? share_limit::slow_start : share_limit::recovery_conflicts};
}

}  // namespace weir::cluster

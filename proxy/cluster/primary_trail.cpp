#include "cluster/primary_trail.hpp"

#include <algorithm>

namespace weir::cluster {
namespace {

// 64 kB; nearly seven minutes at ten probes a second.
constexpr std::size_t most_points = 4096;

}  // namespace

void primary_trail::add(instant when, const position& at) {
    bool same = system_identifier_ == at.system_identifier && timeline_ == at.timeline;
    if (!same) points_.clear();
    system_identifier_ = at.system_identifier;
    timeline_ = at.timeline;
    if (!points_.empty()) {
        auto& [last_when, last_at] = points_.back();
        if (when < last_when) return;
        // A flush position that went back: the server was replaced under one history (a restored
        // disk). What the trail says about positions beyond it no longer holds.
        while (!points_.empty() && points_.back().second > at.at) points_.pop_back();
        if (!points_.empty() && points_.back().second == at.at) {
            points_.back().first = when;
            return;
        }
    }
    points_.emplace_back(when, at.at);
    if (points_.size() == 1) start_ = when;
    if (points_.size() > most_points) {
        points_.pop_front();
        start_ = points_.front().first;
    }
}

std::optional<duration> primary_trail::behind(const position& replica, instant now) const {
    if (replica.system_identifier != system_identifier_ || replica.timeline != timeline_)
        return std::nullopt;
    auto beyond = std::upper_bound(points_.begin(), points_.end(), replica.at,
                                   [](lsn at, const auto& point) { return at < point.second; });
    if (beyond == points_.end()) return duration::zero();
    if (beyond == points_.begin()) return std::nullopt;
    return std::max(duration::zero(), now - std::prev(beyond)->first);
}

duration primary_trail::since_start(instant now) const {
    return points_.empty() ? duration::zero() : std::max(duration::zero(), now - start_);
}

}  // namespace weir::cluster

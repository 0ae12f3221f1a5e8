// primary_trail: where the primary was when, in Weir's own time. Turns a replica's position into
// how long ago the primary was there, without any clock of the servers. Knows one history at a
// time.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "base/instant.hpp"
#include "cluster/position.hpp"

namespace weir::cluster {

class primary_trail {
public:
    /// The primary was asked at `when` and answered `at`. Another history than before: starts anew.
    void add(instant when, const position& at);

    bool empty() const { return points_.empty(); }
    /// The primary's last known position; only where not empty.
    position last() const { return {system_identifier_, timeline_, points_.back().second}; }

    /// How long ago the primary was last seen at or before `replica`: zero where it was not seen
    /// beyond it. Nothing where the trail does not reach back that far, or `replica` is of another
    /// history; then it is at least since_start().
    std::optional<duration> behind(const position& replica, instant now) const;
    duration since_start(instant now) const;

private:
    std::uint64_t system_identifier_ = 0;
    std::uint32_t timeline_ = 0;
    instant start_;
    std::deque<std::pair<instant, lsn>> points_;  // when it was last seen where; both rising
};

}  // namespace weir::cluster

// schedule: simulated time. What is due next runs next, and the clock stands still meanwhile; what is due at the
// same moment runs in the order in which it was asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "base/instant.hpp"

namespace weir::simulation {

class schedule {
public:
    using act = std::function<void()>;

    instant now() const { return now_; }
    void at(instant when, act what) {
        due_.push({when < now_ ? now_ : when, next_++, std::move(what)});
    }
    void after(duration wait, act what) { at(now_ + wait, std::move(what)); }
    /// As soon as what runs now has ended.
    void post(act what) { at(now_, std::move(what)); }

    /// Runs what is due next. False: nothing is left.
    bool step() {
        if (due_.empty()) return false;
        auto next = due_.top();
        due_.pop();
        now_ = next.when;
        ++steps_;
        next.what();
        return true;
    }
    std::uint64_t steps() const { return steps_; }

private:
    struct entry {
        instant when;
        std::uint64_t number;
        act what;

        bool operator<(const entry& other) const {
            return when != other.when ? when > other.when : number > other.number;
        }
    };

    instant now_{std::chrono::hours(1)};
    std::uint64_t next_ = 0;
    std::uint64_t steps_ = 0;
    std::priority_queue<entry> due_;
};

}  // namespace weir::simulation

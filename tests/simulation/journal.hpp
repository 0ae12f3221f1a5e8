// journal: what happened in a simulated world, line by line, and the first thing that must not have happened.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "simulation/schedule.hpp"

namespace weir::simulation {

class journal {
public:
    journal(const schedule& time, bool shown) : time_(time), shown_(shown) {}

    bool is_shown() const { return shown_; }
    /// make: called only where somebody reads it.
    template <class Make>
    void note(Make make) {
        if (shown_) write(make());
    }
    /// A promise is broken. The first one tells; what follows may follow from it.
    void fail(std::string what) {
        if (broken_) return;
        if (shown_) write("BROKEN: " + what);
        broken_ = std::move(what);
    }
    const std::optional<std::string>& broken() const { return broken_; }

private:
    void write(const std::string& line) const {
        const double ms = std::chrono::duration<double, std::milli>(time_.now().time_since_epoch()).count() - 3'600'000;
        std::printf("%11.3f %s\n", ms, line.c_str());
    }

    const schedule& time_;
    bool shown_;
    std::optional<std::string> broken_;
};

}  // namespace weir::simulation

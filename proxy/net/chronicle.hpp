// chronicle: what an operator wants to know of afterwards: events and reloads, the last of each. From any thread.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "status/report.hpp"

namespace weir::net {

class chronicle {
public:
    void note(std::string kind, std::string text);
    void note_reload(bool taken, std::vector<std::string> lines, std::vector<std::string> diff);
    void tell(status::report& to) const;

private:
    static constexpr std::size_t most_events = 200;
    static constexpr std::size_t most_reloads = 20;

    mutable std::mutex lock_;
    std::deque<status::event_report> events_;
    std::deque<status::reload_report> reloads_;
};

/// Microseconds since 1970.
std::int64_t clock_time_us();

}  // namespace weir::net

#include "net/chronicle.hpp"

#include <chrono>

namespace weir::net {

std::int64_t clock_time_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

void chronicle::note(std::string kind, std::string text) {
    const std::lock_guard held(lock_);
    events_.push_back({clock_time_us(), std::move(kind), std::move(text)});
    if (events_.size() > most_events) events_.pop_front();
}

void chronicle::note_reload(bool taken, std::vector<std::string> lines, std::vector<std::string> diff) {
    std::string text = taken ? "taken" : "refused";
    for (const auto& line : lines) text += (text.size() < 10 ? ": " : ", ") + line;
    note("reload", text);
    const std::lock_guard held(lock_);
    reloads_.push_back({clock_time_us(), taken, std::move(lines), std::move(diff)});
    if (reloads_.size() > most_reloads) reloads_.pop_front();
}

void chronicle::tell(status::report& to) const {
    const std::lock_guard held(lock_);
    to.events.assign(events_.begin(), events_.end());
    to.reloads_lately.assign(reloads_.begin(), reloads_.end());
}

}  // namespace weir::net

#include "cluster/timeline_history.hpp"

#include <algorithm>
#include <charconv>

namespace weir::cluster {
namespace {

std::string_view take_until(std::string_view& text, std::string_view ends) {
    const auto at = text.find_first_of(ends);
    const auto taken = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return taken;
}

std::optional<fork> read_line(std::string_view line) {
    const auto number = take_until(line, "\t ");
    const auto point = parse_lsn(take_until(line, "\t "));
    fork found;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), found.timeline);
    if (error != std::errc() || end != number.data() + number.size() || !point) return std::nullopt;
    found.at = *point;
    return found;
}

}  // namespace

std::optional<timeline_history> read_timeline_history(std::uint32_t of, std::string_view content) {
    timeline_history made{of, {}};
    while (!content.empty()) {
        const auto line = take_until(content, "\n");
        if (line.find_first_not_of("\t \r") == std::string_view::npos || line.front() == '#') continue;
        const auto found = read_line(line);
        if (!found) return std::nullopt;
        made.forks.push_back(*found);
    }
    return made;
}

std::optional<position> carried_over(const position& from, std::uint64_t system_identifier,
                                     const timeline_history& history) {
    if (from.system_identifier != system_identifier) return std::nullopt;
    const auto ended = std::find_if(history.forks.begin(), history.forks.end(),
                                    [&](const fork& f) { return f.timeline == from.timeline; });
    if (ended == history.forks.end()) return std::nullopt;
    return position{system_identifier, history.of, std::min(from.at, ended->at)};
}

}  // namespace weir::cluster

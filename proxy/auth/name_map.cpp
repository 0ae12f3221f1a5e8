#include "auth/name_map.hpp"

#include <algorithm>
#include <optional>

namespace weir::auth {
namespace {

/// Or what is wrong.
std::variant<name_map::line, std::string> read(const token_line& from) {
    if (from.fields.size() != 3) return "a line has three fields: the map, the outside name, the user of the database";
    for (const auto& each : from.fields)
        if (each.size() != 1) return "a field has one value";
    auto outside = name_pattern::make(from.fields[1].front());
    if (auto* bad = std::get_if<std::string>(&outside)) return std::move(*bad);
    auto database = name_pattern::make(from.fields[2].front());
    if (auto* bad = std::get_if<std::string>(&database)) return std::move(*bad);
    name_map::line made{from.fields[0].front().text, std::get<name_pattern>(std::move(outside)),
                        std::get<name_pattern>(std::move(database))};
    if (made.database.is_role())
        return "\"" + made.database.text() + "\": Weir does not know who is a member of which role";
    const bool refers = !made.database.is_regex() && made.database.text().find("\\1") != std::string::npos;
    if (refers && made.outside.is_regex() && !made.outside.has_group())
        return "regular expression \"" + made.outside.text() +
               "\" has no subexpressions as requested by backreference in \"" + made.database.text() + "\"";
    return made;
}

}  // namespace

bool name_map::line::lets(std::string_view outside_name, std::string_view user) const {
    std::string wanted = database.text();
    bool quoted_now = false;
    if (outside.is_regex()) {
        const auto group = outside.first_group(outside_name);
        if (!group) return false;
        const auto at = database.is_regex() ? std::string::npos : wanted.find("\\1");
        if (at != std::string::npos) {
            wanted.replace(at, 2, *group);
            quoted_now = true;  // what comes from outside is no keyword
        }
    } else if (!outside.matches(outside_name)) {
        return false;
    }
    if (quoted_now) return wanted == user;
    return database.is_keyword("all") || database.matches(user);
}

bool name_map::knows(std::string_view map) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const line& l) { return l.map == map; });
}

bool name_map::lets(std::string_view map, std::string_view outside, std::string_view user) const {
    if (outside.empty()) return false;
    if (map.empty()) return outside == user;
    return std::any_of(lines_.begin(), lines_.end(),
                       [&](const line& l) { return l.map == map && l.lets(outside, user); });
}

name_map_parsed parse_name_map(const token_lines& from) {
    name_map_parsed made;
    made.faults = from.faults;
    std::vector<name_map::line> lines;
    for (const auto& each : from.lines) {
        auto line = read(each);
        if (auto* bad = std::get_if<std::string>(&line)) {
            made.faults.push_back({each.file, each.number, std::move(*bad), ""});
        } else {
            lines.push_back(std::get<name_map::line>(std::move(line)));
        }
    }
    made.map = name_map(std::move(lines));
    return made;
}

}  // namespace weir::auth

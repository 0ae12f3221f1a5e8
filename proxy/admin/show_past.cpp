// What has been: reloads and events.
#include "admin/layout.hpp"
#include "admin/moment.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

using status::event_report;
using status::reload_report;

std::string joined(const std::vector<std::string>& lines) {
    std::string all;
    for (const auto& line : lines) all += (all.empty() ? "" : "\n") + line;
    return all;
}

const column<reload_report> reload_columns[] = {
    {"time", [](const reload_report& r) { return moment(r.at_us); }},
    {"outcome", [](const reload_report& r) { return text(r.taken ? "taken" : "refused"); }},
    {"changes", [](const reload_report& r) { return text(joined(r.lines)); }},
    {"diff", [](const reload_report& r) { return text(joined(r.diff)); }},
};

const column<event_report> event_columns[] = {
    {"time", [](const event_report& r) { return moment(r.at_us); }},
    {"kind", [](const event_report& r) { return text(r.kind); }},
    {"event", [](const event_report& r) { return text(r.text); }},
};

}  // namespace

status::table show_reloads(const status::report& now) { return lay_out(reload_columns, now.reloads_lately); }
status::table show_events(const status::report& now) { return lay_out(event_columns, now.events); }

}  // namespace weir::admin

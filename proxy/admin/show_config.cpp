#include "admin/layout.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

using status::config_report;

const column<config_report> columns[] = {
    {"key", [](const config_report& r) { return text(r.key); }},
    {"value", [](const config_report& r) { return text(r.value); }},
    {"default", [](const config_report& r) { return text(r.fallback); }},
    {"changeable", [](const config_report& r) { return yes_no(r.at_run_time); }},
};

}  // namespace

status::table show_config(const status::report& now) { return lay_out(columns, now.settings); }

}  // namespace weir::admin

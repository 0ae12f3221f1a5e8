#include <span>

#include "admin/command.hpp"
#include "admin/layout.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

const column<status::report> version_columns[] = {
    {"version", [](const status::report& now) { return text("Weir " + now.version); }},
};

const column<command_help> help_columns[] = {
    {"command", [](const command_help& one) { return text(usage_of(one)); }},
    {"answer", [](const command_help& one) { return text(one.tells); }},
};

}  // namespace

status::table show_version(const status::report& now) {
    return lay_out(version_columns, std::span(&now, 1));
}

status::table show_help() { return lay_out(help_columns, command_list{}); }

}  // namespace weir::admin

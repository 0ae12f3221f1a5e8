// show: a report -> the table that one SHOW command answers with. PgBouncer 1.18's columns come
// first where it has the command, and say NULL where Weir cannot know and 0 where Weir has no such
// thing.
#pragma once

#include "status/admin_port.hpp"
#include "status/report.hpp"

namespace weir::admin {

status::table show_rules(const status::report& now);
status::table show_pins(const status::report& now);
status::table show_nodes(const status::report& now);
status::table show_routes(const status::report& now);
status::table show_stats(const status::report& now);
status::table show_pools(const status::report& now);
status::table show_databases(const status::report& now);
status::table show_config(const status::report& now);
status::table show_tokens(const status::report& now);
status::table show_reloads(const status::report& now);
status::table show_events(const status::report& now);
/// These need the report's lists of clients, digests or servers.
status::table show_servers(const status::report& now);
status::table show_cache(const status::report& now);
status::table show_advice(const status::report& now);
status::table show_digests(const status::report& now);
status::table show_clients(const status::report& now);
status::table show_lists(const status::report& now);
status::table show_version(const status::report& now);
status::table show_help();

}  // namespace weir::admin

#include "admin/layout.hpp"
#include "admin/show.hpp"
#include "admin/tally.hpp"

namespace weir::admin {
namespace {

struct route_row {
    std::string cluster;
    std::string database;
    std::string node;
    routing::reason why;
    std::uint64_t count;
};

const column<route_row> route_columns[] = {
    {"cluster", [](const route_row& r) { return text(r.cluster); }},
    {"database", [](const route_row& r) { return text(r.database); }},
    {"node", [](const route_row& r) { return text(r.node); }},
    {"role", [](const route_row& r) { return text(role_by(r.why)); }},
    {"reason", [](const route_row& r) { return text(to_string(r.why)); }},
    {"explanation", [](const route_row& r) { return text(phrase(r.why)); }},
    {"count", [](const route_row& r) { return number(r.count); }},
};

struct stats_row {
    std::string database;
    database_load load;
    double uptime_seconds;

    std::uint64_t wait_us() const { return static_cast<std::uint64_t>(load.queue_seconds * 1e6); }
    std::uint64_t each(std::uint64_t sum) const { return load.transactions > 0 ? sum / load.transactions : 0; }
    std::uint64_t microseconds() const { return static_cast<std::uint64_t>(load.seconds * 1e6); }
    std::uint64_t a_second(double count) const {
        return uptime_seconds > 0 ? static_cast<std::uint64_t>(count / uptime_seconds) : 0;
    }
};

// PgBouncer's averages are of the last minute; Weir keeps no past, so these are since its start.
// Rates and quantiles over any time come from /metrics.
const column<stats_row> stats_columns[] = {
    {"database", [](const stats_row& r) { return text(r.database); }},
    {"total_xact_count", [](const stats_row& r) { return number(r.load.transactions); }},
    {"total_query_count", [](const stats_row& r) { return number(r.load.requests); }},
    {"total_received", [](const stats_row& r) { return number(r.load.bytes_received); }},
    {"total_sent", [](const stats_row& r) { return number(r.load.bytes_sent); }},
    // Of the requests in them: how long a client thinks in between is not the server's.
    {"total_xact_time", [](const stats_row& r) { return number(r.microseconds()); }},
    {"total_query_time", [](const stats_row& r) { return number(r.microseconds()); }},
    {"total_wait_time", [](const stats_row& r) { return number(r.wait_us()); }},
    {"avg_xact_count", [](const stats_row& r) { return number(r.a_second(static_cast<double>(r.load.transactions))); }},
    {"avg_query_count",
     [](const stats_row& r) { return number(r.a_second(static_cast<double>(r.load.requests))); }},
    {"avg_recv", [](const stats_row& r) { return number(r.a_second(static_cast<double>(r.load.bytes_received))); }},
    {"avg_sent", [](const stats_row& r) { return number(r.a_second(static_cast<double>(r.load.bytes_sent))); }},
    {"avg_xact_time", [](const stats_row& r) { return number(r.each(r.microseconds())); }},
    {"avg_query_time",
     [](const stats_row& r) {
         return number(r.load.requests > 0 ? r.microseconds() / r.load.requests : 0);
     }},
    {"avg_wait_time", [](const stats_row& r) { return number(r.each(r.wait_us())); }},
    {"reads_primary", [](const stats_row& r) { return number(r.load.reads[0]); }},
    {"reads_replica", [](const stats_row& r) { return number(r.load.reads[1]); }},
    {"writes", [](const stats_row& r) { return number(r.load.writes); }},
};

}  // namespace

status::table show_routes(const status::report& now) {
    std::vector<route_row> rows;
    for (const auto& part : now.traffic) {
        for (std::size_t i = 0; i < part.by_reason.size(); ++i) {
            if (part.by_reason[i] == 0) continue;
            const auto why = static_cast<routing::reason>(i);
            rows.push_back({part.cluster, part.database, part.node, why, part.by_reason[i]});
        }
    }
    const std::pair<routing::reason, std::uint64_t> without_node[] = {
        {routing::reason::local, now.sums.answered_locally},
        {routing::reason::rule_reject, now.sums.rejected},
        {routing::reason::rate_limited, now.sums.rate_limited}};
    for (const auto& [why, count] : without_node)
        if (count > 0) rows.push_back({"", "", "", why, count});
    return lay_out(route_columns, rows);
}

status::table show_stats(const status::report& now) {
    const double uptime = std::chrono::duration<double>(now.uptime).count();
    std::vector<stats_row> rows;
    for (const auto& [database, load] : load_by_database(now))
        rows.push_back({database, load, uptime});
    return lay_out(stats_columns, rows);
}

}  // namespace weir::admin

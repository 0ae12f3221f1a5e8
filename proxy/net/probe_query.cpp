#include "net/probe_query.hpp"

#include <charconv>
#include <string>

namespace weir::net {
namespace {

enum column : int {
    in_recovery,
    system_identifier,
    wal_file,
    timeline,
    at,
    received,
    started,
    replay_age,
    inserted,
    page_bytes,
    segment_bytes,
    columns
};

std::string_view text(const PGresult* result, int field) {
    if (PQgetisnull(result, 0, field)) return {};
    return {PQgetvalue(result, 0, field), static_cast<std::size_t>(PQgetlength(result, 0, field))};
}

template <class Number>
std::optional<Number> number(std::string_view digits, int base = 10) {
    Number value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

/// A WAL file's name begins with the timeline in eight hexadecimal digits.
std::optional<std::uint32_t> read_timeline(const PGresult* result) {
    std::string_view file = text(result, wal_file);
    if (!file.empty()) return number<std::uint32_t>(file.substr(0, 8), 16);
    return number<std::uint32_t>(text(result, timeline));
}

}  // namespace

// Everything is read in one round trip, in this order: role and replay position first, the timeline
// after them. A replica moves to a new timeline only at or before the fork, so a position read
// before its timeline lies on that timeline; the other way round it might not. OFFSET 0 keeps the
// order and makes pg_is_in_recovery() one answer for the whole row. A primary's timeline:
// pg_control_checkpoint() lags behind a promotion, the name of the current WAL file does not. A
// replica's: of what its receiver streams, else of what it has replayed last.
const std::string& probe_statement() {
    static const std::string statement =
        "SELECT s.in_recovery, c.system_identifier,"
        " CASE WHEN NOT s.in_recovery THEN pg_walfile_name(pg_current_wal_lsn()) END,"
        " CASE WHEN s.in_recovery THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver),"
        " (SELECT greatest(timeline_id, min_recovery_end_timeline)"
        " FROM pg_control_checkpoint(), pg_control_recovery())) END,"
        " CASE WHEN s.in_recovery THEN s.replayed ELSE pg_current_wal_flush_lsn() END,"
        " CASE WHEN s.in_recovery THEN s.received END,"
        " " +
        std::string(cluster::started_at_us_sql) +
        ","
        " CASE WHEN s.in_recovery THEN (extract(epoch FROM"
        " clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint END,"
        " CASE WHEN NOT s.in_recovery THEN pg_current_wal_insert_lsn() END,"
        " current_setting('wal_block_size'), pg_size_bytes(current_setting('wal_segment_size'))"
        " FROM (SELECT pg_is_in_recovery() AS in_recovery, pg_last_wal_replay_lsn() AS replayed,"
        " pg_last_wal_receive_lsn() AS received OFFSET 0) s, pg_control_system() c";
    return statement;
}

std::variant<cluster::probe_answer, std::string> read_probe(const PGresult* result) {
    if (PQresultStatus(result) != PGRES_TUPLES_OK) return first_line(PQresultErrorMessage(result));
    if (PQntuples(result) != 1 || PQnfields(result) != columns)
        return std::string("the answer to a probe is not one row");

    cluster::probe_answer answer;
    answer.in_recovery = text(result, in_recovery) == "t";
    // The identifier is unsigned; SQL shows its upper half as negative numbers.
    auto identifier = number<std::int64_t>(text(result, system_identifier));
    auto history = read_timeline(result);
    auto where = parse_lsn(text(result, at));
    auto start = number<std::int64_t>(text(result, started));
    if (!identifier || !history || !start)
        return std::string("the answer to a probe cannot be read");
    // A replica that has replayed nothing yet has no position: it reaches nothing.
    answer.at = {static_cast<std::uint64_t>(*identifier), *history, where.value_or(lsn{})};
    answer.received = parse_lsn(text(result, received)).value_or(lsn{});
    answer.started_at_us = *start;
    answer.inserted = end_of_last_record(parse_lsn(text(result, inserted)).value_or(lsn{}),
                                         number<std::uint64_t>(text(result, page_bytes)).value_or(0),
                                         number<std::uint64_t>(text(result, segment_bytes)).value_or(0));
    answer.replay_age_ms = number<std::int64_t>(text(result, replay_age)).value_or(-1);
    return answer;
}

std::string first_line(const char* message) {
    std::string_view all = message ? message : "";
    std::string line(all.substr(0, all.find('\n')));
    return line.empty() ? "no message" : line;
}

}  // namespace weir::net

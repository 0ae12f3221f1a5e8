// probe_result: what one question to a node brought back, or why nothing came. A value made by the
// prober of the shell; judged by health.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/fault.hpp"
#include "base/instant.hpp"
#include "cluster/position.hpp"
#include "cluster/timeline_history.hpp"

namespace weir::cluster {

/// How probe_answer::started_at_us is asked for. Whoever compares incarnations uses this very
/// expression, as the rounding is the server's. A crash of one backend makes the server recover from its WAL without
/// the postmaster starting anew; what tells is that the statistics are then reset (15 and newer; before, to ask for
/// them costs a wait).
inline constexpr const char* started_at_us_sql =
    "(extract(epoch FROM greatest(pg_catalog.pg_postmaster_start_time(), CASE WHEN"
    " pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 150000"
    " THEN pg_catalog.pg_stat_get_bgwriter_stat_reset_time() END))"
    " OPERATOR(pg_catalog.*) 1000000::pg_catalog.numeric)::pg_catalog.int8";

struct probe_answer {
    bool in_recovery = false;
    position at;                      // primary: flush position; replica: replay position
    lsn inserted;                     // primary: the end of the last record, flushed or not; else invalid
    lsn received;                     // replica: pg_last_wal_receive_lsn, else invalid
    std::int64_t started_at_us = 0;   // pg_postmaster_start_time: a restart is another incarnation
    std::int64_t replay_age_ms = -1;  // replica: now() - last replayed commit; -1 where unknown
    int server_version = 0;           // server_version_num
};

struct probe_result {
    instant sent;
    instant received;
    std::optional<probe_answer> answer;  // nothing: the probe failed
    std::string trouble;                 // where nothing: what the node or libpq said
    std::shared_ptr<const timeline_history> history = {};  // of a primary's timeline, as far as it was told
};

}  // namespace weir::cluster

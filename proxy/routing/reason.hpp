// reason: why a cycle went where it went. Each is logged, counted (metric label) and tested by name.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::routing {

enum class reason : std::uint8_t {
    read,                // proved read, a replica that is fresh enough
    held_primary,        // the session holds a lease on the primary (transaction or pin)
    held_replica,        // the session holds a lease on a replica and this is a proved read
    local,               // answered by Weir itself
    hint_primary,        // comment hint
    rule_primary,        // a rule of the DBA
    rule_reject,         // a rule of the DBA
    rate_limited,        // a rule of the DBA
    not_read_only,       // the statement is not proved read-only
    unparsed,            // ... because it is not understood
    transaction,         // in a transaction that was not declared READ ONLY, or must stay where it began
    isolation,           // in a transaction at REPEATABLE READ or above
    cycle_too_large,     // more than may be judged
    position_unknown,    // the position of the session's own write is not known yet
    behind_floor,        // no replica is known to have reached the session's floor
    too_far_behind,      // every replica lags more than allowed
    no_replica,          // there is no usable replica
    replica_refused,     // a replica answered with an error; repeated on the primary
    learned,             // a replica has refused this statement before
    replica_lost,        // the connection to the replica failed; repeated on the primary
    replication,         // a replication connection: all of it is the primary's
};
inline constexpr std::size_t reason_count = static_cast<std::size_t>(reason::replication) + 1;

std::string_view to_string(reason r);  // "not_read_only"
std::string_view phrase(reason r);     // "the statement is not proved read-only"

}  // namespace weir::routing

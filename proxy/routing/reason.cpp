#include "routing/reason.hpp"

namespace weir::routing {

std::string_view to_string(reason r) {
    switch (r) {
        case reason::read: return "read";
        case reason::held_primary: return "held_primary";
        case reason::held_replica: return "held_replica";
        case reason::local: return "local";
        case reason::hint_primary: return "hint_primary";
        case reason::rule_primary: return "rule_primary";
        case reason::rule_reject: return "rule_reject";
        case reason::rate_limited: return "rate_limited";
        case reason::not_read_only: return "not_read_only";
        case reason::unparsed: return "unparsed";
        case reason::transaction: return "transaction";
        case reason::isolation: return "isolation";
        case reason::cycle_too_large: return "cycle_too_large";
        case reason::position_unknown: return "position_unknown";
        case reason::behind_floor: return "behind_floor";
        case reason::too_far_behind: return "too_far_behind";
        case reason::no_replica: return "no_replica";
        case reason::replica_refused: return "replica_refused";
        case reason::learned: return "learned";
        case reason::replica_lost: return "replica_lost";
        case reason::replication: return "replication";
    }
    return "unknown";
}

std::string_view phrase(reason r) {
    switch (r) {
        case reason::read: return "a proved read on a replica that is fresh enough";
        case reason::held_primary: return "the session holds a connection to the primary";
        case reason::held_replica: return "a proved read in a transaction on a replica";
        case reason::local: return "answered by Weir itself";
        case reason::hint_primary: return "a comment in the statement asks for the primary";
        case reason::rule_primary: return "a rule sends it to the primary";
        case reason::rule_reject: return "a rule rejects it";
        case reason::rate_limited: return "over the rate limit of a rule";
        case reason::not_read_only: return "the statement is not proved read-only";
        case reason::unparsed: return "the statement is not understood";
        case reason::transaction: return "in a transaction that was not declared READ ONLY, or has to stay where it is";
        case reason::isolation: return "a transaction at REPEATABLE READ or above runs on the primary";
        case reason::cycle_too_large: return "the request is larger than what is judged";
        case reason::position_unknown: return "the position of the session's own write is not known yet";
        case reason::behind_floor: return "no replica is known to have reached the session's floor";
        case reason::too_far_behind: return "every replica lags more than allowed";
        case reason::no_replica: return "no replica can be used";
        case reason::replica_refused: return "a replica answered with an error";
        case reason::learned: return "a replica has refused this statement before";
        case reason::replica_lost: return "the connection to the replica failed";
        case reason::replication: return "a replication connection";
    }
    return "unknown";
}

}  // namespace weir::routing

#include "database/failure.hpp"

namespace shop::database {

// Classes and codes: PostgreSQL manual, appendix A.
failure_kind kind_of(std::string_view sqlstate) {
    const auto of_class = sqlstate.substr(0, 2);
    if (sqlstate == "40001" || sqlstate == "40P01") return failure_kind::conflict;
    // admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, idle time-outs; and
    // read_only_sql_transaction, which a write gets from a server that has just lost its role.
    if (of_class == "08" || sqlstate.starts_with("57P") || sqlstate == "25006") {
        return failure_kind::lost;
    }
    if (of_class == "53") return failure_kind::unreachable;
    if (sqlstate == "57014") return failure_kind::too_slow;
    return failure_kind::refused;
}

}  // namespace shop::database

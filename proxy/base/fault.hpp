// fault: an error as PostgreSQL tells it (SQLSTATE, message, detail, hint), and result<T>, the value
// or the fault. What a peer can cause travels this way; only our own bugs are assertions.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace weir {

/// sqlstate is always five characters (PostgreSQL manual, appendix A).
struct fault {
    std::string sqlstate;
    std::string message;
    std::string detail = {};
    std::string hint = {};
    std::string routine = {};  // of the server's source: some drivers go by it

    bool operator==(const fault&) const = default;
};

template <class T>
using result = boost::system::result<T, fault>;

/// Thrown by result::value() on a fault; found by argument-dependent lookup.
[[noreturn]] inline void throw_exception_from_error(const fault& f,
                                                    const boost::source_location&) {
    throw std::runtime_error(f.sqlstate + ": " + f.message);
}

namespace sqlstate {
inline constexpr const char* successful = "00000";
inline constexpr const char* feature_not_supported = "0A000";
inline constexpr const char* connection_failure = "08006";
inline constexpr const char* connection_rejected = "08004";
inline constexpr const char* transaction_unknown = "08007";
inline constexpr const char* protocol_violation = "08P01";
inline constexpr const char* invalid_parameter_value = "22023";
inline constexpr const char* invalid_authorization = "28000";
inline constexpr const char* invalid_password = "28P01";
inline constexpr const char* active_transaction = "25001";
inline constexpr const char* no_active_transaction = "25P01";
inline constexpr const char* idle_in_transaction_timeout = "25P03";
inline constexpr const char* in_failed_transaction = "25P02";
inline constexpr const char* read_only_transaction = "25006";
inline constexpr const char* invalid_statement_name = "26000";
inline constexpr const char* invalid_catalog_name = "3D000";
inline constexpr const char* serialization_failure = "40001";
inline constexpr const char* deadlock_detected = "40P01";
inline constexpr const char* syntax_error = "42601";
inline constexpr const char* insufficient_privilege = "42501";
inline constexpr const char* undefined_object = "42704";
inline constexpr const char* duplicate_prepared_statement = "42P05";
inline constexpr const char* out_of_memory = "53200";
inline constexpr const char* too_many_connections = "53300";
inline constexpr const char* configuration_limit_exceeded = "53400";
inline constexpr const char* program_limit_exceeded = "54000";
inline constexpr const char* object_not_in_state = "55000";
inline constexpr const char* idle_session_timeout = "57P05";
inline constexpr const char* query_canceled = "57014";
inline constexpr const char* admin_shutdown = "57P01";
inline constexpr const char* crash_shutdown = "57P02";
inline constexpr const char* cannot_connect_now = "57P03";
inline constexpr const char* database_dropped = "57P04";
inline constexpr const char* config_file_error = "F0000";
inline constexpr const char* internal_error = "XX000";
}  // namespace sqlstate

}  // namespace weir

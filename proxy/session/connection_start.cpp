#include "session/connection_start.hpp"

#include <array>
#include <charconv>
#include <optional>

#include "cluster/probe.hpp"
#include "wire/backend.hpp"

namespace weir::session {
namespace {

enum column : std::size_t { system_identifier, started_at, isolation, search_path, columns };

std::int64_t number(const std::optional<bytes_view>& digits) {
    std::int64_t value = 0;
    if (digits) std::from_chars(digits->data(), digits->data() + digits->size(), value);
    return value;
}

// ALTER ROLE ... SET role: "$user" is not who logged in there.
constexpr auto start_path_sql =
    "CASE WHEN current_user = session_user THEN pg_catalog.current_setting('search_path') ELSE pg_catalog.replace("
    "pg_catalog.current_setting('search_path'), '\"$user\"', pg_catalog.quote_ident(current_user)) END";

}  // namespace

const std::string& start_question() {
    static const std::string statement =
        std::string("SELECT c.system_identifier, ") + cluster::started_at_us_sql +
        ", pg_catalog.current_setting('default_transaction_isolation'), " + start_path_sql +
        " FROM pg_catalog.pg_control_system() c";
    return statement;
}

result<connection_start> read_start(bytes_view body) {
    std::array<std::optional<bytes_view>, columns> row;
    if (auto read = wire::backend::decode_row(body, row); !read) return read.error();
    connection_start start;
    // The identifier is unsigned; SQL shows its upper half as negative numbers.
    start.system_identifier = static_cast<std::uint64_t>(number(row[system_identifier]));
    start.started_at_us = number(row[started_at]);
    start.isolation = row[isolation].value_or("");
    start.search_path = row[search_path].value_or("");
    return start;
}

}  // namespace weir::session

#include "session/inspection.hpp"

#include <array>

#include "wire/backend.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

constexpr pin_cause everything = pin_cause::settings | pin_cause::temporary | pin_cause::hold_cursor |
                                 pin_cause::advisory_lock | pin_cause::listen;

struct part {
    pin_cause kind;
    std::string_view mark;
    std::string_view from;  // FROM and WHERE
};

// What holds of an object in the temporary namespace is that it depends on it (2615: pg_namespace).
constexpr std::array<part, 4> parts = {{
    {pin_cause::temporary, "t",
     "pg_catalog.pg_depend WHERE refclassid OPERATOR(pg_catalog.=) 2615::pg_catalog.oid AND refobjid "
     "OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()"},
    {pin_cause::hold_cursor, "h", "pg_catalog.pg_cursor() WHERE is_holdable"},
    {pin_cause::advisory_lock, "a",
     "pg_catalog.pg_lock_status() WHERE locktype OPERATOR(pg_catalog.=) 'advisory' AND pid "
     "OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()"},
    {pin_cause::listen, "l", "pg_catalog.pg_listening_channels()"},
}};

constexpr std::string_view no_value = ", NULL::pg_catalog.text, NULL::pg_catalog.text";

}  // namespace

inspection::inspection(pin_cause what, std::vector<std::string> custom_names, std::string user)
    : what_(what), custom_names_(std::move(custom_names)), user_(std::move(user)) {
    if (query::any(what_ & pin_cause::procedural)) what_ = what_ | everything;
}

std::string inspection::question() const {
    std::string text;
    auto begin = [&text](std::string_view mark) {
        text += text.empty() ? "SELECT '" : " UNION ALL SELECT '";
        text += mark;
        text += "'::pg_catalog.text";
    };
    if (asked_for(pin_cause::settings)) {
        begin("s");
        text += ", name, setting, context FROM pg_catalog.pg_show_all_settings() WHERE source "
                "OPERATOR(pg_catalog.=) 'session'";
        for (const auto* name : {"role", "session_authorization"}) {
            begin("s");
            text += ", '" + std::string(name) + "', pg_catalog.current_setting('" + name + "'), NULL";
        }
        for (const auto& name : custom_names_) {
            const auto literal = sql_literal(name);
            begin("s");
            text += ", " + literal + ", pg_catalog.current_setting(" + literal + ", true), NULL";
        }
    }
    for (const auto& p : parts) {
        if (!asked_for(p.kind)) continue;
        begin(p.mark);
        text += no_value;
        text += ", NULL::pg_catalog.text WHERE EXISTS (SELECT FROM ";
        text += p.from;
        text += ")";
    }
    if (asked_for(pin_cause::sql_prepare)) {
        begin("p");
        text += ", name, NULL, NULL FROM pg_catalog.pg_prepared_statement() WHERE from_sql";
    }
    return text;
}

result<void> inspection::on_row(const wire::frame_piece& piece) {
    if (piece.first) row_.clear();
    row_.append(piece.body);
    return piece.last ? take_row(row_) : result<void>{};
}

result<void> inspection::take_row(bytes_view body) {
    std::array<std::optional<bytes_view>, 4> columns;
    if (auto read = wire::backend::decode_row(body, columns); !read) return read.error();
    if (!columns[0])
        return fault{sqlstate::protocol_violation, "a row that Weir asked for says not what it is of"};
    const auto mark = *columns[0];
    for (const auto& p : parts)
        if (mark == p.mark) found_ = found_ | p.kind;
    if (mark == "p" && columns[1]) statements_.emplace_back(*columns[1]);
    if (mark != "s" || !columns[1] || !columns[2]) return {};
    const auto name = *columns[1];
    const auto value = *columns[2];
    const bool is_default = (name == "role" && value == "none") ||
                            (name == "session_authorization" && value == user_) ||
                            name == "transaction_isolation" || name == "transaction_read_only" ||
                            name == "transaction_deferrable";  // gone with the transaction
    if (is_default) return {};
    // Those of a library that is loaded stand among all others, and were asked for by name as well.
    for (const auto& s : settings_)
        if (s.name == name) return {};
    settings_.push_back({std::string(name), std::string(value), columns[3] == "superuser"});
    return {};
}

settings_ptr inspection::found_settings() const {
    return settings_.empty() ? nullptr : std::make_shared<const settings>(settings_);
}

}  // namespace weir::session

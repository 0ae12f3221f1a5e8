// inspection_rows: what a server answers to an inspection, and what a question asks for, for tests.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/facts.hpp"
#include "unit/session/messages.hpp"

namespace weir::session {

/// A row of four columns: the mark of its kind, a name, a value, the context of a setting.
struct inspection_row {
    std::array<std::optional<bytes>, 4> columns;

    bool names_custom_setting() const {
        return columns[0] == "s" && columns[1] && columns[1]->find('.') != bytes::npos;
    }
};

inline inspection_row setting_row(bytes_view name, bytes_view value, bytes_view context = "user") {
    return {{"s", bytes(name), bytes(value), bytes(context)}};
}
/// A custom setting: asked for by name, its context is not known.
inline inspection_row custom_row(bytes_view name, std::optional<bytes> value) {
    return {{"s", bytes(name), std::move(value), std::nullopt}};
}
/// Something of this kind is there.
inline inspection_row found_row(bytes_view mark) {
    return {{bytes(mark), std::nullopt, std::nullopt, std::nullopt}};
}
inline inspection_row statement_row(bytes_view name) {
    return {{"p", bytes(name), std::nullopt, std::nullopt}};
}

/// The body of a DataRow.
template <class Columns>
bytes row_body(const Columns& columns) {
    bytes body;
    append_u16(body, static_cast<std::uint16_t>(std::size(columns)));
    for (const auto& c : columns) {
        append_u32(body, c ? static_cast<std::uint32_t>(c->size()) : 0xffffffffu);
        if (c) body.append(*c);
    }
    return body;
}

/// The whole answer, ReadyForQuery included.
inline reply inspection_answer(const std::vector<inspection_row>& rows) {
    reply whole;
    whole.row_description({"?column?", "name", "setting", "context"});
    for (const auto& row : rows) whole.message(backend::data_row, row_body(row.columns));
    whole.command_complete("SELECT " + std::to_string(rows.size())).ready('I');
    return whole;
}

/// What a question asks for, read from its text alone.
struct asked_question {
    query::pin_cause kinds = query::pin_cause::none;
    std::vector<std::string> custom_names;
};

inline asked_question read_question(std::string_view text) {
    using query::pin_cause;
    static constexpr std::array<std::pair<std::string_view, pin_cause>, 6> marks = {{
        {"pg_catalog.pg_show_all_settings()", pin_cause::settings},
        {"pg_catalog.pg_my_temp_schema()", pin_cause::temporary},
        {"pg_catalog.pg_cursor()", pin_cause::hold_cursor},
        {"pg_catalog.pg_lock_status()", pin_cause::advisory_lock},
        {"pg_catalog.pg_listening_channels()", pin_cause::listen},
        {"pg_catalog.pg_prepared_statement()", pin_cause::sql_prepare},
    }};
    asked_question asked;
    for (const auto& [source, kind] : marks)
        if (text.find(source) != std::string_view::npos) asked.kinds = asked.kinds | kind;
    static constexpr std::string_view by_name = "pg_catalog.current_setting('";
    for (auto at = text.find(by_name); at != std::string_view::npos; at = text.find(by_name, at)) {
        at += by_name.size();
        const auto name = text.substr(at, text.find('\'', at) - at);
        if (name.find('.') != std::string_view::npos) asked.custom_names.emplace_back(name);
    }
    return asked;
}

}  // namespace weir::session

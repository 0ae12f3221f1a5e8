// layout: a list of records -> a table, by columns that say their name and how to tell their cell.
// Knows no particular table.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "admin/readable.hpp"
#include "status/admin_port.hpp"

namespace weir::admin {

using cell = std::optional<std::string>;  // nothing: NULL, not known

template <class Record>
struct column {
    const char* name;
    cell (*tell)(const Record&);
};

template <class Record, std::size_t N, class List>
status::table lay_out(const column<Record> (&columns)[N], const List& records) {
    status::table made;
    for (const auto& one : columns) made.columns.emplace_back(one.name);
    for (const Record& record : records) {
        auto& row = made.rows.emplace_back();
        row.reserve(N);
        for (const auto& one : columns) row.push_back(one.tell(record));
    }
    return made;
}

template <class Integer>
cell number(Integer value) {
    return std::to_string(value);
}
inline cell text(std::string_view value) { return readable(value); }
inline cell yes_no(bool value) { return std::string(value ? "yes" : "no"); }
inline cell unknown() { return std::nullopt; }

}  // namespace weir::admin

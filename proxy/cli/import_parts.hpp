// import_parts: what both importers need.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "cli/ini_text.hpp"
#include "cli/toml_draft.hpp"

namespace weir::cli {

std::string import_pgbouncer(const std::vector<ini_entry>& entries);
std::string import_pgpool(const std::vector<ini_entry>& entries);

/// Parts without the blanks around them; empty ones are left out.
std::vector<std::string> split(std::string_view text, char at);
/// ["a", "b"]
std::string list_of(const std::vector<std::string>& texts);

void take_mode(const std::string& mode, const std::string& section, const std::string& key, toml_draft& out);
void take_auth_type(const std::string& type, toml_draft& out);
void take_tls_mode(const std::string& mode, const std::string& section, toml_draft& out);

template <class Table>
auto find_by_key(const Table& table, const std::string& key) -> decltype(&table[0]) {
    const auto found = std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return key == row.key; });
    return found == std::end(table) ? nullptr : &*found;
}
template <class Table>
bool is_mapped(const Table& table, const std::string& key) {
    return find_by_key(table, key) != nullptr;
}

}  // namespace weir::cli

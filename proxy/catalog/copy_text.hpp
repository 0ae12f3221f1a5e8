// copy_text: rows in the text format of COPY (manual, COPY): fields between tabs, \N for null. What the
// server sends is what a saved snapshot holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::catalog {

using field = std::optional<std::string>;

/// line: without its end. Any bytes give some fields.
std::vector<field> split_row(std::string_view line);
/// Appends a row with its end.
void append_row(std::string& to, const std::vector<field>& fields);

}  // namespace weir::catalog

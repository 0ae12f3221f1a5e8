// search_path: the value of that setting -> the schemas in which names are looked for. A set and no
// order: where several hold a name, the rights of the user decide which one counts, and all of them are
// taken for possible.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::catalog {

/// Each once, sorted, pg_catalog always among them. user: what "$user" stands for. Nothing: the text is no
/// list of names.
std::optional<std::vector<std::string>> read_search_path(std::string_view value, std::string_view user);

/// Does it say "$user"?
bool names_user(std::string_view value);

}  // namespace weir::catalog

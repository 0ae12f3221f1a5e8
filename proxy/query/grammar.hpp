// grammar: whose SQL is understood. What is newer does not parse and goes to the primary.
#pragma once

#include <string_view>

namespace weir::query {

/// The release of PostgreSQL that libpg_query took its grammar from, as "15.1".
std::string_view grammar_version();

}  // namespace weir::query

#include "query/grammar.hpp"

#include <pg_query.h>

namespace weir::query {

std::string_view grammar_version() { return PG_VERSION; }

}  // namespace weir::query

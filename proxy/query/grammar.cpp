#include "query/grammar.hpp"

#include "query/parse_tree.hpp"

namespace weir::query {

std::string_view grammar_version() { return PG_VERSION; }

}  // namespace weir::query

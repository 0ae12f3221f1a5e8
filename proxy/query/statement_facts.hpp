// statement_facts: the facts of one statement of a parse tree. It decides what the kind of
// statement means; tree_walk says what the expressions within it do.
#pragma once

#include "query/facts.hpp"
#include "query/parse_tree.hpp"

namespace weir::query {

facts statement_facts(const PgQuery__Node& statement);

}  // namespace weir::query

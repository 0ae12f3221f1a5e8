// statement_facts: the facts of one statement of a parse tree. It decides what the kind of
// statement means; tree_walk says what the expressions within it do.
#pragma once

#include "query/facts.hpp"
#include "query/parse_tree.hpp"

namespace weir::query {

/// statement: a node with a type, as parse_tree::statements() gives them.
facts statement_facts(const tree_node& statement);

}  // namespace weir::query

// transaction_facts: the facts of BEGIN, COMMIT and their kind, of SET and RESET.
#pragma once

#include "query/facts.hpp"
#include "query/parse_tree.hpp"

namespace weir::query {

/// A statement that is no read: its kind, what it leaves behind, and whether it may write WAL.
facts not_a_read(statement_kind kind, pin_cause pins = pin_cause::none, bool writes = true);

// Each takes a node with a type: TransactionStmt, VariableSetStmt, ConstraintsSetStmt.
facts transaction_command(const tree_node& statement);
facts set_variable(const tree_node& statement);
facts set_constraints(const tree_node& statement);

}  // namespace weir::query

// builtins: what is known about the names of pg_catalog, from the tables builtin_functions.tsv,
// builtin_functions_other.tsv and builtin_names.tsv. It knows names, not signatures: a name is judged by its worst overload.
#pragma once

#include <optional>
#include <string_view>

#include "query/facts.hpp"

namespace weir::query {

struct function_verdict {
    obstacle why_not = obstacle::none;  // none: harmless on a replica
    pin_cause pin = pin_cause::none;
    bool not_in_15 = false;  // there the name may be a user's
};

/// Empty: no built-in has this name (as the server stores it: lower case unless it was quoted).
std::optional<function_verdict> builtin_function(std::string_view name);
bool is_builtin_operator(std::string_view name);
/// Base, range and multirange types, record, and their arrays (_text); not the rows of catalogs.
bool is_builtin_type(std::string_view name);
/// Catalogs and views of pg_catalog that hold the same rows on every node.
bool is_replicated_catalog(std::string_view name);

}  // namespace weir::query

// node_names: reading names out of a parse tree.
#pragma once

#include <string_view>
#include <vector>

#include "query/facts.hpp"
#include "query/parse_tree.hpp"

namespace weir::query {

/// The parts of a qualified name: a list of String nodes. What is no String is an empty part, which
/// matches no name.
std::vector<std::string_view> name_parts(const tree_node* list);

/// The last part, where nothing or pg_catalog stands before it; else empty.
std::string_view built_in_name(const tree_node* list);

bool is_temporary_schema(std::string_view schema);

/// regclass and its kind (manual, 8.19): a literal of such a type names an object.
bool is_object_alias(std::string_view type);

/// The domains that the SQL standard names: over built-in types, with checks that are harmless.
bool is_information_domain(std::string_view type);

/// Why a relation of that name does not hold the same rows on every node; none where it does.
obstacle relation_obstacle(std::string_view schema, std::string_view name);

}  // namespace weir::query

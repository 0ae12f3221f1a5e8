// references: the objects that a stored parse tree (pg_node_tree: rules, policies, constraints, bodies of
// functions) names by their oids. Dependencies of objects that came with the server are not recorded in
// pg_depend, and the tree has them all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/object.hpp"

namespace weir::catalog {

/// Each once, in order. text: a tree, or what write_references() made. A name within the tree that looks
/// like a reference is taken for one: never one too few.
std::vector<object_ref> read_references(std::string_view text);
std::string write_references(const std::vector<object_ref>& refs);

}  // namespace weir::catalog

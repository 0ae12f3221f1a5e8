// The names that a statement uses, some of them without saying so.
#include "query/node_names.hpp"
#include "query/tree_walk.hpp"

namespace weir::query {

/// otherwise: the obstacle that a name is which no catalog explains.
void tree_walk::use(used_kind kind, const tree_node* names, int arguments, obstacle otherwise) {
    const std::vector<std::string_view> parts = name_parts(names);
    const bool understood = !parts.empty() && parts.size() <= 2 && !parts.back().empty() &&
                            !(parts.size() == 2 && parts.front().empty());
    if (!understood) return hinder(otherwise, true);
    found_.names.insert({kind, parts.size() == 2 ? std::string(parts.front()) : std::string(),
                         std::string(parts.back()), arguments});
}

/// PostgreSQL looks it up by this name, as if it were written.
void tree_walk::use_operator(std::string_view name) {
    found_.names.insert({used_kind::operation, {}, std::string(name)});
}

void tree_walk::column(const tree_node& body) {
    const std::vector<std::string_view> parts = name_parts(body.child("fields"));
    if (parts.size() > 1 && !parts.back().empty())
        found_.names.insert({used_kind::field, {}, std::string(parts.back())});
}

void tree_walk::indirection(const tree_node& body) {
    for (const std::string_view part : name_parts(body.child("indirection")))
        if (!part.empty()) found_.names.insert({used_kind::field, {}, std::string(part)});
    children(body);
}

void tree_walk::case_of(const tree_node& body) {
    if (body.child("arg") != nullptr) use_operator("=");
    children(body);
}

void tree_walk::join(const tree_node& body) {
    if (body.is_true("isNatural") || body.child("usingClause") != nullptr) use_operator("=");
    children(body);
}

}  // namespace weir::query

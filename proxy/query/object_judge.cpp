#include "query/object_judge.hpp"

#include <algorithm>

#include "catalog/search_path.hpp"
#include "query/analyze.hpp"
#include "query/builtins.hpp"
#include "query/node_names.hpp"

namespace weir::query {
namespace {

using catalog::object_kind;
using catalog::object_ref;

constexpr int most_deep = 100;                      // objects on the way down
constexpr std::size_t body_limit_bytes = 64 * 1024;

bool is_built_in_schema(std::string_view schema) { return schema.empty() || schema == "pg_catalog"; }

/// Of a name that PostgreSQL itself has given. A function that a newer server has is judged by what it says.
obstacle built_in_function(const catalog::function& f) {
    if (const auto known = builtin_function(f.name)) return known->why_not;
    return f.volatility == 'i' && f.kind != 'a' ? obstacle::none : obstacle::unknown_function;
}

}  // namespace

object_judge::object_judge(const catalog::snapshot& in, const std::vector<std::string>& path) : in_(in) {
    path_ = enter(path);
}

const object_judge::schemas* object_judge::enter(const std::vector<std::string>& path) {
    schemas found;
    for (const auto& n : path)
        if (const auto id = in_.schema(n); id != 0) found.push_back(id);
    std::sort(found.begin(), found.end());
    const auto known = std::find(paths_.begin(), paths_.end(), found);
    return known != paths_.end() ? &*known : &paths_.emplace_back(std::move(found));
}

std::string_view object_judge::schema_name(catalog::oid schema) const {
    for (const auto& [id, name] : in_.all().schemas)
        if (id == schema) return name;
    return {};
}

bool object_judge::is_candidate(catalog::oid schema, const used_name& name) const {
    if (!name.schema.empty()) return in_.schema(name.schema) == schema;
    return std::binary_search(path_->begin(), path_->end(), schema);
}

obstacle object_judge::judge(const used_name& name) {
    beyond_ = false;
    switch (name.kind) {
        case used_kind::function: return functions(name);
        case used_kind::operation: return operators(name);
        case used_kind::type: return types(name);
        case used_kind::relation: return relations(name);
        case used_kind::field: return fields(name);
    }
    return obstacle::unknown_function;
}

/// User-made casts that PostgreSQL applies unasked may run anywhere.
obstacle object_judge::implicit_casts() {
    beyond_ = true;
    for (const auto& c : in_.implicit_casts())
        if (const auto why = called(c.calls); why != obstacle::none) return why;
    return obstacle::none;
}

obstacle object_judge::functions(const used_name& name) {
    bool any = false;
    if (is_built_in_schema(name.schema)) {
        const auto known = builtin_function(name.name);
        if (known && known->why_not != obstacle::none) return known->why_not;
        any = known.has_value();
    }
    for (const auto& f : in_.functions(name.name)) {
        if (!is_candidate(f.schema, name) || f.kind == 'p') continue;
        if (name.arguments >= 0 && !f.takes(name.arguments)) continue;
        any = true;
        if (const auto why = function(f); why != obstacle::none) return why;
    }
    // With one argument it may be a cast in the form of a call (manual, 4.2.9).
    if (name.arguments == 1) {
        const used_name as_type{used_kind::type, name.schema, name.name};
        const auto why = types(as_type);
        if (why == obstacle::none) return why;
        const auto named = in_.types(name.name);
        const bool is_type = std::any_of(named.begin(), named.end(), [&](const catalog::type& t) {
            return !t.built_in() && is_candidate(t.schema, as_type);
        });
        if (is_type) return why;
    }
    return any ? obstacle::none : obstacle::unknown_function;
}

obstacle object_judge::operators(const used_name& name) {
    bool any = is_built_in_schema(name.schema) && is_builtin_operator(name.name);
    for (const auto& o : in_.operations(name.name)) {
        if (!is_candidate(o.schema, name)) continue;
        any = true;
        if (const auto why = operation(o); why != obstacle::none) return why;
    }
    return any ? obstacle::none : obstacle::unknown_operator;
}

obstacle object_judge::types(const used_name& name) {
    bool any = is_built_in_schema(name.schema) && is_builtin_type(name.name);
    for (const auto& t : in_.types(name.name)) {
        if (!is_candidate(t.schema, name)) continue;
        any = true;
        if (const auto why = type(t); why != obstacle::none) return why;
        for (const auto& c : in_.casts(t.id))
            if (const auto why = called(c.calls); why != obstacle::none) return why;
    }
    return any ? obstacle::none : obstacle::unknown_cast;
}

bool object_judge::has_relation(const used_name& name) const {
    const auto named = in_.relations(name.name);
    return std::any_of(named.begin(), named.end(),
                       [&](const catalog::relation& r) { return is_candidate(r.schema, name); });
}

obstacle object_judge::relations(const used_name& name) {
    bool any = false;
    for (const auto& r : in_.relations(name.name)) {
        if (!is_candidate(r.schema, name)) continue;
        any = true;
        if (const auto why = relation(r); why != obstacle::none) return why;
    }
    // One that the snapshot does not have is not there, which is an error on every node, or is younger.
    return any ? obstacle::none : relation_obstacle(name.schema, name.name);
}

obstacle object_judge::fields(const used_name& name) {
    for (const auto& f : in_.functions(name.name))
        if (!f.built_in() && f.kind != 'p' && f.takes(1) && is_candidate(f.schema, name))
            if (const auto why = function(f); why != obstacle::none) return why;
    return obstacle::none;
}

obstacle object_judge::called(catalog::oid id) {
    return id == 0 ? obstacle::none : reference({object_kind::function, id});
}

obstacle object_judge::references(const std::vector<object_ref>& refs) {
    for (const auto& r : refs)
        if (const auto why = reference(r); why != obstacle::none) return why;
    return obstacle::none;
}

obstacle object_judge::reference(const object_ref& ref) {
    beyond_ = true;
    switch (ref.kind) {
        case object_kind::function: {
            const auto* f = in_.find_function(ref.id);
            return f == nullptr ? obstacle::unknown_function : function(*f);
        }
        case object_kind::operation: {
            const auto* o = in_.find_operation(ref.id);
            return o == nullptr ? obstacle::unknown_operator : operation(*o);
        }
        case object_kind::type: {
            if (ref.id < catalog::first_own_oid) return obstacle::none;
            const auto* t = in_.find_type(ref.id);
            return t == nullptr ? obstacle::unknown_cast : type(*t);
        }
        case object_kind::relation: {
            const auto* r = in_.find_relation(ref.id);
            return r == nullptr ? obstacle::unknown_relation : relation(*r);
        }
    }
    return obstacle::unknown_function;
}

obstacle object_judge::function(const catalog::function& f) {
    if (f.built_in()) return built_in_function(f);
    beyond_ = true;
    if (!seen_.emplace(object_ref{object_kind::function, f.id}, path_).second) return obstacle::none;
    // An aggregate runs what it is made of.
    if (f.kind == 'a') return references(f.reaches);
    if (f.volatility == 'i') return obstacle::none;
    if (f.volatility != 's') return obstacle::volatile_function;
    if (f.language != "sql" || depth_ >= most_deep) return obstacle::unknown_function;
    ++depth_;
    const auto why = f.has_tree ? references(f.reaches) : body(f);
    --depth_;
    return why;
}

/// Names in the text of a body are looked for when it runs, in the search_path that is then in force.
obstacle object_judge::body(const catalog::function& f) {
    if (!f.body) return obstacle::unknown_function;
    const schemas* const outside = path_;
    if (f.search_path) {
        if (catalog::names_user(*f.search_path)) return obstacle::unknown_function;
        const auto names = catalog::read_search_path(*f.search_path, {});
        if (!names) return obstacle::unknown_function;
        path_ = enter(*names);
    } else if (f.security_definer) {
        return obstacle::unknown_function;  // "$user" would be its owner
    }
    const facts known = analyze(*f.body, body_limit_bytes);
    obstacle why = known.read_only || known.catalog_decides ? obstacle::none : known.why_not;
    for (const auto& name : known.names) {
        if (why != obstacle::none) break;
        why = judge(name);
    }
    beyond_ = true;
    path_ = outside;
    return why;
}

obstacle object_judge::operation(const catalog::operation& o) {
    if (o.built_in() && is_builtin_operator(o.name)) return obstacle::none;
    return o.calls == 0 ? obstacle::unknown_operator : called(o.calls);
}

obstacle object_judge::type(const catalog::type& t) {
    if (t.built_in()) return is_builtin_type(t.name) ? obstacle::none : obstacle::unknown_cast;
    // A row is made by what makes its fields, and these are not known here.
    if (t.kind == 'c' || depth_ >= most_deep) return obstacle::unknown_cast;
    if (!seen_.emplace(object_ref{object_kind::type, t.id}, path_).second) return obstacle::none;
    ++depth_;
    auto why = t.base == 0 ? obstacle::none : reference({object_kind::type, t.base});
    if (why == obstacle::none) why = references(t.reaches);
    --depth_;
    return why;
}

obstacle object_judge::relation(const catalog::relation& r) {
    if (r.id < catalog::first_own_oid) return relation_obstacle(schema_name(r.schema), r.name);
    const bool replicated = r.persistence == 'p' && r.kind != 'f' && r.kind != 'S';
    if (!replicated) return obstacle::sequence_or_catalog;
    if (!seen_.emplace(object_ref{object_kind::relation, r.id}, path_).second) return obstacle::none;
    if (depth_ >= most_deep) return obstacle::unknown_relation;
    ++depth_;
    auto why = references(r.reaches);
    for (const auto child : r.children) {
        if (why != obstacle::none) break;
        why = reference({object_kind::relation, child});
    }
    --depth_;
    return why;
}

}  // namespace weir::query

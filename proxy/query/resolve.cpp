#include "query/resolve.hpp"

#include <algorithm>
#include <functional>

#include "catalog/search_path.hpp"
#include "query/object_judge.hpp"

namespace weir::query {
namespace {

/// What hinders it only by what it shows leaves nothing behind.
bool may_write(obstacle why) {
    return why != obstacle::none && why != obstacle::tells_role && why != obstacle::reads_setting &&
           why != obstacle::sequence_or_catalog;
}

}  // namespace

std::optional<name_scope> make_scope(catalog::snapshot_ptr in, std::string_view search_path,
                                     std::string_view user) {
    auto path = catalog::read_search_path(search_path, user);
    if (!path) return std::nullopt;
    name_scope made{std::move(in), std::move(*path), 0, std::string(search_path), std::string(user)};
    for (const auto& schema : made.path)
        made.path_hash = made.path_hash * 0x9e3779b97f4a7c15u + std::hash<std::string>()(schema);
    return made;
}

facts resolve(const facts& of, const name_scope& in) {
    facts f = of;
    if (!of.catalog_decides) return f;
    f.catalog_decides = false;
    f.names.clear();
    object_judge judge(*in.in, in.path);
    auto why = judge.implicit_casts();
    for (const auto& name : of.names) {
        if (why != obstacle::none) break;
        why = judge.judge(name);
    }
    f.read_only = why == obstacle::none;
    f.why_not = why;
    f.writes_position = may_write(why);
    f.out_of_sight = f.writes_position && (of.out_of_sight || judge.went_beyond_names());
    return f;
}

facts resolve_later(const facts& of) {
    facts f = of;
    if (!of.catalog_decides) return f;
    f.catalog_decides = false;
    f.names.clear();
    f.read_only = false;
    f.why_not = obstacle::stale_catalog;
    return f;
}

bool redefines(const facts& f, const name_view& in) {
    if (!f.redefines || f.drops.empty() || in.in == nullptr || !in.is_current) return f.redefines;
    const object_judge judge(*in.in->in, in.in->path);
    return std::any_of(f.drops.begin(), f.drops.end(),
                       [&](const used_name& name) { return judge.has_relation(name); });
}

}  // namespace weir::query

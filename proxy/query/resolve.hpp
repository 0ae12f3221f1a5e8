// resolve: facts that syntax alone cannot prove + the catalog of the database -> the facts. What a name
// stands for is followed by object, through views, policies, operators, casts, types and the bodies of
// functions in SQL, down to what is known to be harmless. Where a name may stand for several objects, all of
// them must be. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/snapshot.hpp"
#include "query/facts.hpp"

namespace weir::query {

/// What the names of a session stand for.
struct name_scope {
    catalog::snapshot_ptr in;        // never null
    std::vector<std::string> path;   // of catalog::read_search_path()
    std::uint64_t path_hash = 0;
    std::string search_path;         // ... of this text
    std::string user;                // ... and this current_user
};

/// ... as far as that is known at the moment.
struct name_view {
    const name_scope* in = nullptr;  // null: nothing is known
    bool is_current = true;          // false: the catalog has changed since
};

/// search_path: the setting's value. user: current_user. Nothing: the value is no list of names.
std::optional<name_scope> make_scope(catalog::snapshot_ptr in, std::string_view search_path,
                                     std::string_view user);

/// Of facts whose catalog_decides is set; others are returned as they are. They are final: no names
/// are left to be explained.
facts resolve(const facts& of, const name_scope& in);
/// Likewise, where the catalog has changed and is not known yet: no read.
facts resolve_later(const facts& of);

/// May its running change what the catalog says? Dropping a relation that is not there does not: it is a
/// temporary one, or an error.
bool redefines(const facts& f, const name_view& in);

}  // namespace weir::query

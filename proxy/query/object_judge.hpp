// object_judge: why an object of the catalog may not be used by a read, if there is a reason. It follows
// what the object reaches and stops at the first reason.
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/snapshot.hpp"
#include "query/facts.hpp"

namespace weir::query {

class object_judge {
public:
    /// Both outlive it.
    object_judge(const catalog::snapshot& in, const std::vector<std::string>& path);

    obstacle judge(const used_name& name);
    obstacle implicit_casts();
    /// A relation of that name is where it is looked for.
    bool has_relation(const used_name& name) const;
    /// Was it anything but a built-in that was named, which the last answer is about?
    bool went_beyond_names() const { return beyond_; }

private:
    using schemas = std::vector<catalog::oid>;  // sorted

    obstacle functions(const used_name& name);
    obstacle operators(const used_name& name);
    obstacle types(const used_name& name);
    obstacle relations(const used_name& name);
    obstacle fields(const used_name& name);

    obstacle function(const catalog::function& f);
    obstacle body(const catalog::function& f);
    obstacle operation(const catalog::operation& o);
    obstacle type(const catalog::type& t);
    obstacle relation(const catalog::relation& r);
    obstacle reference(const catalog::object_ref& ref);
    obstacle references(const std::vector<catalog::object_ref>& refs);
    obstacle called(catalog::oid function);

    bool is_candidate(catalog::oid schema, const used_name& name) const;
    const schemas* enter(const std::vector<std::string>& path);
    std::string_view schema_name(catalog::oid schema) const;

    const catalog::snapshot& in_;
    std::deque<schemas> paths_;  // of the statement, and of functions that have their own; each once
    const schemas* path_;
    /// What has been judged or is being judged: no reason was met there yet. What text a body holds depends
    /// on the search_path.
    std::set<std::pair<catalog::object_ref, const schemas*>> seen_;
    int depth_ = 0;
    bool beyond_ = false;
};

}  // namespace weir::query

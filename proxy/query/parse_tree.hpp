// parse_tree: what libpg_query makes of a text, owned. The tree is PostgreSQL 15's raw parse tree
// in protobuf-c form. The only header that includes pg_query.h; it is not included outside this
// folder.
#pragma once

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <memory>
#include <span>
#include <string_view>

namespace weir::query {

class parse_tree {
public:
    /// The text must have passed is_shallow() (query/nesting.hpp): libpg_query recurses without a
    /// limit.
    explicit parse_tree(std::string_view text);

    bool parsed() const { return result_ != nullptr; }
    std::span<PgQuery__RawStmt* const> statements() const;

private:
    struct release {
        void operator()(PgQuery__ParseResult* r) const;
    };
    std::unique_ptr<PgQuery__ParseResult, release> result_;
};

}  // namespace weir::query

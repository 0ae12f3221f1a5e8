// tree_walk: goes through a whole parse tree, by the descriptors of its messages, so that no field
// can be forgotten, and notes what a read must not do. It judges names, not what they resolve to.
//
// Limits, until a catalog is known: an unqualified name of a built-in counts as the built-in,
// though an earlier schema of search_path or a better matching overload may hold another; t.f and
// (row).f may call a function f(t); what views, policies, defaults, implicit casts and sort
// operators run is not seen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/facts.hpp"
#include "query/parse_tree.hpp"

namespace weir::query {

struct findings {
    obstacle why_not = obstacle::none;  // the first met
    pin_cause pins = pin_cause::none;
    bool may_write = false;
    bool literals_matter = false;
    bool modifies = false;         // holds an INSERT, UPDATE, DELETE, MERGE or SELECT INTO
    bool names_temporary = false;  // says TEMPORARY or pg_temp
    std::vector<std::string> relations;
};

class tree_walk {
public:
    void walk(const ProtobufCMessage& m);
    void walk(const PgQuery__Node* node);
    const findings& found() const { return found_; }

private:
    using names = std::vector<std::string_view>;
    static names strings(PgQuery__Node* const* nodes, std::size_t count);

    void children(const ProtobufCMessage& m, const void* except);
    void field(const ProtobufCMessage& m, const ProtobufCFieldDescriptor& f, const void* except);
    void visit(const ProtobufCMessage& m);
    void scoped(const ProtobufCMessage& m, const PgQuery__WithClause* with);
    void select(const PgQuery__SelectStmt& s);
    void function(const PgQuery__FuncCall& f);
    void expression(const PgQuery__AExpr& e);
    void sample(const PgQuery__RangeTableSample& s);
    void cast(const PgQuery__TypeCast& c);
    void type(const PgQuery__TypeName& t);
    void operator_name(const names& parts);
    void relation(const PgQuery__RangeVar& r);
    void note_relation(const PgQuery__RangeVar& r);
    void modification(const ProtobufCMessage& m, const PgQuery__RangeVar* target,
                      const PgQuery__WithClause* with);
    void hinder(obstacle o, bool may_write);

    findings found_;
    std::vector<std::string_view> cte_names_;  // those in scope, innermost last
    int depth_ = 0;
};

}  // namespace weir::query

// tree_walk: goes through a whole parse tree and notes what a read must not do. Every field is
// walked, and a node whose type it does not know is an obstacle. It judges names, not what they
// resolve to, and collects them for query/resolve.hpp.
//
// Limits, where no catalog is known: an unqualified name of a built-in counts as the built-in,
// though an earlier schema of search_path or a better matching overload may hold another; t.f and
// (row).f may call a function f(t); a relation may be a sequence, unlogged or foreign; what views,
// policies and implicit casts run is not seen. What writes fails on a replica and is repeated on
// the primary; what only differs there is not noticed.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "query/facts.hpp"
#include "query/parse_tree.hpp"

namespace weir::query {

struct findings {
    obstacle why_not = obstacle::none;  // the first met
    obstacle otherwise = obstacle::none;  // ... of those that no catalog can lift
    pin_cause pins = pin_cause::none;
    bool may_write = false;
    bool literals_matter = false;
    bool modifies = false;         // holds an INSERT, UPDATE, DELETE, MERGE or SELECT INTO
    bool names_temporary = false;  // says TEMPORARY or pg_temp
    bool out_of_sight = false;     // calls a function that is not built in
    bool recalls_sequence = false;
    bool lists_statements = false;
    bool tells_time = false;
    pin_cause ends = pin_cause::none;
    std::vector<std::string> custom_settings;
    std::vector<std::uint16_t> setting_parameters;
    std::vector<std::string> relations;
    std::set<used_name> names;
};

class tree_walk {
public:
    /// A node, a list of nodes, or a field whose name tells its type.
    void walk(const tree_node& node);
    const findings& found() const { return found_; }

private:
    using visitor = void (tree_walk::*)(const tree_node&);
    struct known_type {
        std::string_view name;
        visitor visit;
    };
    static const known_type* find_type(std::string_view name);

    void list(const tree_node& nodes);
    void visit(std::string_view type, const tree_node& body);
    void children(const tree_node& body, const tree_node* except = nullptr);
    void scoped(const tree_node& body);
    void hinder(obstacle o, bool may_write);
    void hinder_by_name(obstacle o, bool may_write);
    void use(used_kind kind, const tree_node* names, int arguments, obstacle otherwise);
    void use_operator(std::string_view name);
    void operator_name(const tree_node* names);
    void note_relation(const tree_node& range_var);

    void plain(const tree_node& body) { children(body); }
    void leaf(const tree_node&) {}
    void constant(const tree_node& body);
    void value_function(const tree_node& body);
    void string(const tree_node& body);
    void select(const tree_node& body);
    void into(const tree_node& body);
    void modification(const tree_node& body);
    void function(const tree_node& body);
    void setting(const tree_node& call);
    void session_function(std::string_view name, const tree_node& call);
    void expression(const tree_node& body);
    void sub_link(const tree_node& body);
    void sort_by(const tree_node& body);
    void sample(const tree_node& body);
    void cast(const tree_node& body);
    void type_name(const tree_node& body);
    void relation(const tree_node& body);
    void column(const tree_node& body);
    void indirection(const tree_node& body);
    void case_of(const tree_node& body);
    void join(const tree_node& body);

    findings found_;
    std::vector<std::string_view> cte_names_;  // those in scope, innermost last
    int depth_ = 0;
};

}  // namespace weir::query

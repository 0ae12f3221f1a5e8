#include "query/statement_facts.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "query/node_names.hpp"
#include "query/transaction_facts.hpp"
#include "query/tree_walk.hpp"

namespace weir::query {
namespace {

/// What the expressions within it do, whatever the statement is.
void take_findings(facts& f, const findings& found) {
    f.pins = f.pins | found.pins;
    f.ends = f.ends | found.ends;
    f.literals_matter = f.literals_matter || found.literals_matter;
    f.out_of_sight = found.out_of_sight;
    f.recalls_sequence = found.recalls_sequence;
    f.lists_statements = found.lists_statements;
    f.tells_time = found.tells_time;
    f.custom_settings = found.custom_settings;
    f.setting_parameters = found.setting_parameters;
    f.relations = found.relations;
}

facts from_findings(statement_kind kind, const findings& found) {
    facts f;
    f.kind = kind;
    f.why_not = found.why_not;
    f.read_only = found.why_not == obstacle::none;
    f.writes_position = found.may_write;
    take_findings(f, found);
    f.catalog_decides = found.otherwise == obstacle::none && !found.names.empty();
    if (f.catalog_decides) f.names.assign(found.names.begin(), found.names.end());
    return f;
}

/// SELECT, VALUES, TABLE: the statement itself or what EXPLAIN, COPY and their kind are about.
facts select(const tree_node& statement) {
    tree_walk walk;
    walk.walk(statement);
    const findings& found = walk.found();
    facts f = from_findings(found.modifies ? statement_kind::write : statement_kind::read, found);
    if (found.modifies && found.names_temporary) f.pins = f.pins | pin_cause::temporary;
    return f;
}

/// A statement that runs what it holds: its pins and relations are those of its parts.
facts with_parts(facts f, const tree_node& statement) {
    tree_walk walk;
    walk.walk(statement);
    take_findings(f, walk.found());
    return f;
}

/// DDL that runs none of the expressions it holds: a default or a body is stored.
facts stored(const tree_node& statement, bool creates) {
    tree_walk walk;
    walk.walk(statement);
    facts f = not_a_read(statement_kind::write);
    f.relations = walk.found().relations;
    if (creates && walk.found().names_temporary) f.pins = pin_cause::temporary;
    return f;
}

facts definition(const tree_node& s) { return stored(s, false); }
facts creation(const tree_node& s) { return stored(s, true); }
facts modification(const tree_node& s) { return with_parts(not_a_read(statement_kind::write), s); }
facts procedural(const tree_node& s) {
    return with_parts(not_a_read(statement_kind::write, pin_cause::procedural), s);
}

facts create_table_as(const tree_node& s) {
    facts f = with_parts(not_a_read(statement_kind::write), s);
    f.pins = f.pins | creation(s).pins;
    const tree_node* of = s.body().child("query");
    if (of != nullptr && of->has_type("ExecuteStmt"))
        f.named.push_back({.name = std::string(of->body().text_of("name"))});
    return f;
}

/// ALTER TABLE evaluates what ADD COLUMN ... DEFAULT and ALTER TYPE ... USING hold, but no SET
/// DEFAULT.
facts alter_table(const tree_node& s) {
    const tree_node* commands = s.body().child("cmds");
    bool evaluates = false;
    for (const tree_node* c = commands == nullptr ? nullptr : commands->first; c != nullptr;
         c = c->next)
        evaluates =
            evaluates || !c->has_type() || c->body().text_of("subtype") != "AT_ColumnDefault";
    return evaluates ? modification(s) : definition(s);
}

/// defGetBoolean(): no value means on.
bool is_on(const tree_node* value) {
    if (value == nullptr || !value->has_type()) return true;
    if (value->has_type("Integer")) return value->body().child("ival") != nullptr;  // 0 is left out
    const std::string_view word = value->body().text_of("sval");
    return word != "false" && word != "off";
}

struct explain_options {
    bool analyze = false;
    bool have_values = false;
};

explain_options read_options(const tree_node* list) {
    explain_options options;
    for (const tree_node* o = list == nullptr ? nullptr : list->first; o != nullptr; o = o->next) {
        if (!o->has_type("DefElem")) continue;
        const tree_node* value = o->body().child("arg");
        options.have_values = options.have_values || value != nullptr;
        if (o->body().text_of("defname") == "analyze") options.analyze = is_on(value);
    }
    return options;
}

/// The facts of what it explains, run only with ANALYZE. Of anything but a SELECT it stays a write.
facts explain(const tree_node& s) {
    const explain_options options = read_options(s.body().child("options"));
    const tree_node* of = s.body().child("query");
    // It makes no cursor: what is explained, and run, is the cursor's query.
    if (of != nullptr && of->has_type("DeclareCursorStmt")) of = of->body().child("query");
    facts f =
        of != nullptr && of->has_type() ? statement_facts(*of) : not_a_read(statement_kind::write);
    if (of == nullptr || !of->has_type("SelectStmt")) {
        f.kind = statement_kind::write;
        f.read_only = false;
        f.why_not = obstacle::not_a_read;
        f.catalog_decides = false;
        f.names.clear();
    }
    if (!options.analyze) {
        f.pins = pin_cause::none;
        f.ends = pin_cause::none;
        f.writes_position = false;
        f.out_of_sight = false;
    }
    f.literals_matter = f.literals_matter || options.have_values;
    return f;
}

facts copy(const tree_node& s) {
    const tree_node& c = s.body();
    const bool with_client = !c.is_true("is_program") && c.text_of("filename").empty();
    const tree_node* of = c.child("query");
    if (with_client && !c.is_true("is_from")) {
        if (of != nullptr && of->has_type("SelectStmt")) return select(*of);
        const tree_node* relation = c.child("relation");
        if (of == nullptr && relation != nullptr) {
            tree_walk walk;
            walk.walk(*relation);
            return from_findings(statement_kind::read, walk.found());
        }
    }
    const bool from_client = with_client && c.is_true("is_from");
    return with_parts(
        not_a_read(from_client ? statement_kind::copy_from_stdin : statement_kind::write), s);
}

constexpr int cursor_option_hold = 0x20;  // CURSOR_OPT_HOLD in nodes/parsenodes.h

facts declare_cursor(const tree_node& s) {
    int options = 0;
    for (const char c : s.body().text_of("options")) options = options * 10 + (c - '0');
    const bool hold = (options & cursor_option_hold) != 0;
    return with_parts(
        not_a_read(statement_kind::write, hold ? pin_cause::hold_cursor : pin_cause::none), s);
}

facts naming(facts f, named_statement::act does, std::string_view name) {
    f.named.push_back({.does = does, .name = std::string(name)});
    return f;
}
facts prepare(const tree_node& s) {
    return naming(with_parts(not_a_read(statement_kind::prepare, pin_cause::sql_prepare, false), s),
                  named_statement::act::prepare, s.body().text_of("name"));
}
/// What it does is what its statement does: only a session knows that.
facts execute(const tree_node& s) {
    return naming(with_parts(not_a_read(statement_kind::execute), s), named_statement::act::execute,
                  s.body().text_of("name"));
}
facts deallocate(const tree_node& s) {
    facts f = not_a_read(statement_kind::deallocate, pin_cause::none, false);
    const std::string_view name = s.body().text_of("name");
    f.name = name;
    return naming(std::move(f),
                  name.empty() ? named_statement::act::deallocate_all : named_statement::act::deallocate,
                  name);
}
facts discard(const tree_node& s) {
    const std::string_view target = s.body().text_of("target");
    const bool all = target == "DISCARD_ALL";
    facts f = not_a_read(all ? statement_kind::discard_all : statement_kind::write,
                         all ? pin_cause::settings : pin_cause::none, false);
    if (all) {
        f.ends = pin_cause::temporary | pin_cause::hold_cursor | pin_cause::advisory_lock |
                 pin_cause::listen | pin_cause::sequence_value;
        return naming(std::move(f), named_statement::act::deallocate_all, "");
    }
    if (target == "DISCARD_TEMP") f.ends = pin_cause::temporary;
    if (target == "DISCARD_SEQUENCES") f.ends = pin_cause::sequence_value;
    return f;
}
facts show(const tree_node&) {
    facts f = not_a_read(statement_kind::show, pin_cause::none, false);
    f.why_not = obstacle::reads_setting;
    return f;
}
facts listen(const tree_node&) {
    return not_a_read(statement_kind::write, pin_cause::listen, false);
}
facts unlisten(const tree_node&) {
    facts f = not_a_read(statement_kind::write, pin_cause::none, false);
    f.ends = pin_cause::listen;
    return f;
}
facts close_cursor(const tree_node&) {
    facts f = not_a_read(statement_kind::write, pin_cause::none, false);
    f.ends = pin_cause::hold_cursor;
    return f;
}
/// Nothing that lasts hangs on a temporary relation, but CASCADE is not looked into.
std::vector<used_name> dropped_relations(const tree_node& body) {
    static constexpr std::array<std::string_view, 3> kinds = {"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_SEQUENCE"};
    const bool is_relation = std::find(kinds.begin(), kinds.end(), body.text_of("removeType")) != kinds.end();
    std::vector<used_name> names;
    if (!is_relation || body.text_of("behavior") == "DROP_CASCADE") return names;
    const auto* objects = body.child("objects");
    for (const auto* n = objects == nullptr ? nullptr : objects->first; n != nullptr; n = n->next) {
        const auto parts = name_parts(n->has_type("List") ? n->body().child("items") : nullptr);
        if (parts.empty() || parts.size() > 2) return {};
        names.push_back({used_kind::relation, std::string(parts.size() == 2 ? parts[0] : ""), std::string(parts.back())});
    }
    return names;
}

facts drop(const tree_node& s) {
    facts f = definition(s);
    f.ends = pin_cause::temporary;
    f.drops = dropped_relations(s.body());
    return f;
}
facts load(const tree_node&) { return not_a_read(statement_kind::write, pin_cause::load, false); }

struct statement_type {
    std::string_view name;
    facts (*facts_of)(const tree_node&);
};

// Sorted by name. All others are definitions.
constexpr std::array<statement_type, 34> statement_types = {{
    {"AlterTableStmt", alter_table},
    {"CallStmt", procedural},
    {"ClosePortalStmt", close_cursor},
    {"CompositeTypeStmt", creation},
    {"ConstraintsSetStmt", set_constraints},
    {"CopyStmt", copy},
    {"CreateDomainStmt", creation},
    {"CreateEnumStmt", creation},
    {"CreateFunctionStmt", creation},
    {"CreateRangeStmt", creation},
    {"CreateSeqStmt", creation},
    {"CreateStmt", creation},
    {"CreateTableAsStmt", create_table_as},
    {"DeallocateStmt", deallocate},
    {"DeclareCursorStmt", declare_cursor},
    {"DefineStmt", creation},
    {"DeleteStmt", modification},
    {"DiscardStmt", discard},
    {"DoStmt", procedural},
    {"DropStmt", drop},
    {"ExecuteStmt", execute},
    {"ExplainStmt", explain},
    {"InsertStmt", modification},
    {"ListenStmt", listen},
    {"LoadStmt", load},
    {"MergeStmt", modification},
    {"PrepareStmt", prepare},
    {"SelectStmt", select},
    {"TransactionStmt", transaction_command},
    {"UnlistenStmt", unlisten},
    {"UpdateStmt", modification},
    {"VariableSetStmt", set_variable},
    {"VariableShowStmt", show},
    {"ViewStmt", creation},
}};

/// CREATE, ALTER, DROP and what is written like them, as node types name it. Indexes, statistics and what
/// they say of roles change nothing that a snapshot holds.
bool changes_catalog(const tree_node& statement) {
    const auto type = statement.type();
    if (type == "DropStmt" && statement.body().text_of("removeType") == "OBJECT_INDEX") return false;
    static constexpr std::array<std::string_view, 9> defining = {
        "Alter", "Composite", "Create", "Define", "Drop", "Import", "Rename", "Rule", "View"};
    static constexpr std::array<std::string_view, 8> others = {
        "AlterRoleSetStmt", "AlterRoleStmt",    "AlterStatsStmt", "AlterSystemStmt",
        "CreateRoleStmt",   "CreateStatsStmt", "DropRoleStmt",   "DropdbStmt"};
    return std::any_of(defining.begin(), defining.end(),
                       [&](std::string_view word) { return type.starts_with(word); }) &&
           std::find(others.begin(), others.end(), type) == others.end();
}

}  // namespace

facts statement_facts(const tree_node& statement) {
    const auto* it =
        std::lower_bound(statement_types.begin(), statement_types.end(), statement.type(),
                         [](const statement_type& t, std::string_view n) { return t.name < n; });
    const bool known = it != statement_types.end() && it->name == statement.type();
    facts f = known ? it->facts_of(statement) : definition(statement);
    f.redefines = changes_catalog(statement) && !any(f.pins & pin_cause::temporary);
    f.statements = 1;
    return f;
}

}  // namespace weir::query

#include "query/tree_walk.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "query/builtins.hpp"
#include "query/clock_words.hpp"
#include "query/lexer.hpp"
#include "query/node_names.hpp"

namespace weir::query {
namespace {

// Nodes, lists and fields on the way down. is_shallow() has refused what comes near it.
constexpr int most_deep = 10000;

/// Fields that hold an object of a definite type, without its name around it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> typed_fields = {{
    {"alias", "Alias"},
    {"argType", "TypeName"},
    {"base", "CreateStmt"},
    {"collClause", "CollateClause"},
    {"constrrel", "RangeVar"},
    {"cycle_clause", "CTECycleClause"},
    {"funccall", "FuncCall"},
    {"identitySequence", "RangeVar"},
    {"into", "IntoClause"},
    {"intoClause", "IntoClause"},
    {"join_using_alias", "Alias"},
    {"larg", "SelectStmt"},
    {"ofTypename", "TypeName"},
    {"over", "WindowDef"},
    {"pktable", "RangeVar"},
    {"rarg", "SelectStmt"},
    {"rel", "RangeVar"},
    {"relation", "RangeVar"},
    {"returnType", "TypeName"},
    {"search_clause", "CTESearchClause"},
    {"sequence", "RangeVar"},
    {"table", "RangeVar"},
    {"typeName", "TypeName"},
    {"typevar", "RangeVar"},
    {"view", "RangeVar"},
    {"withClause", "WithClause"},
}};

std::string_view type_of_field(std::string_view field) {
    const auto* it =
        std::lower_bound(typed_fields.begin(), typed_fields.end(), field,
                         [](const auto& row, std::string_view f) { return row.first < f; });
    return it != typed_fields.end() && it->first == field ? it->second : std::string_view();
}

std::string lower(std::string_view s) {
    std::string out(s);
    for (char& c : out) c = lower_ascii(c);
    return out;
}

/// -1: any number, because arguments of WITHIN GROUP count, too.
int arguments_of(const tree_node& call) {
    if (call.is_true("agg_within_group")) return -1;
    int count = 0;
    const tree_node* args = call.child("args");
    for (const tree_node* a = args == nullptr ? nullptr : args->first; a != nullptr; a = a->next) ++count;
    return count;
}

/// set_config(..., true) is SET LOCAL. Only the word true says so: it is part of the shape.
bool is_local_setting(std::string_view function, const tree_node& call) {
    const tree_node* args = function == "set_config" ? call.child("args") : nullptr;
    const tree_node* last = args == nullptr ? nullptr : args->first;
    int count = last == nullptr ? 0 : 1;
    for (; last != nullptr && last->next != nullptr; ++count) last = last->next;
    if (count != 3 || !last->has_type("A_Const")) return false;
    const tree_node* value = last->body().child("boolval");
    return value != nullptr && value->is_true("boolval");
}

/// SQLValueFunctionOp: those of date and time, not those of roles, catalog and schema.
bool tells_time(std::string_view operation) {
    return operation.starts_with("SVFOP_LOCALTIME") || operation == "SVFOP_CURRENT_DATE" ||
           operation.starts_with("SVFOP_CURRENT_TIME");
}

}  // namespace

/// Sorted by name. What is not here is not understood.
const tree_walk::known_type* tree_walk::find_type(std::string_view name) {
    using w = tree_walk;
    static constexpr std::array<known_type, 57> types = {{
        {"A_ArrayExpr", &w::plain},
        {"A_Const", &w::constant},
        {"A_Expr", &w::expression},
        {"A_Indices", &w::plain},
        {"A_Indirection", &w::indirection},
        {"A_Star", &w::leaf},
        {"Alias", &w::leaf},
        {"BitString", &w::leaf},
        {"BoolExpr", &w::plain},
        {"Boolean", &w::leaf},
        {"BooleanTest", &w::plain},
        {"CTECycleClause", &w::plain},
        {"CTESearchClause", &w::plain},
        {"CaseExpr", &w::case_of},
        {"CaseWhen", &w::plain},
        {"CoalesceExpr", &w::plain},
        {"CollateClause", &w::plain},
        {"ColumnDef", &w::plain},
        {"ColumnRef", &w::column},
        {"CommonTableExpr", &w::plain},
        {"DeleteStmt", &w::modification},
        {"Float", &w::leaf},
        {"FuncCall", &w::function},
        {"GroupingFunc", &w::plain},
        {"GroupingSet", &w::plain},
        {"InsertStmt", &w::modification},
        {"Integer", &w::leaf},
        {"IntoClause", &w::into},
        {"JoinExpr", &w::join},
        {"List", &w::plain},
        {"LockingClause", &w::leaf},  // told by select(); what it names are aliases
        {"MergeStmt", &w::modification},
        {"MinMaxExpr", &w::plain},
        {"NamedArgExpr", &w::plain},
        {"NullTest", &w::plain},
        {"ParamRef", &w::leaf},
        {"RangeFunction", &w::plain},
        {"RangeSubselect", &w::plain},
        {"RangeTableFunc", &w::plain},
        {"RangeTableFuncCol", &w::plain},
        {"RangeTableSample", &w::sample},
        {"RangeVar", &w::relation},
        {"ResTarget", &w::plain},
        {"RowExpr", &w::plain},
        {"SQLValueFunction", &w::value_function},
        {"SelectStmt", &w::select},
        {"SetToDefault", &w::leaf},
        {"SortBy", &w::sort_by},
        {"String", &w::string},
        {"SubLink", &w::sub_link},
        {"TypeCast", &w::cast},
        {"TypeName", &w::type_name},
        {"UpdateStmt", &w::modification},
        {"WindowDef", &w::plain},
        {"WithClause", &w::plain},
        {"XmlExpr", &w::plain},
        {"XmlSerialize", &w::plain},
    }};
    const auto* it =
        std::lower_bound(types.begin(), types.end(), name,
                         [](const known_type& t, std::string_view n) { return t.name < n; });
    return it != types.end() && it->name == name ? it : nullptr;
}

void tree_walk::hinder(obstacle o, bool may_write) {
    hinder_by_name(o, may_write);
    if (found_.otherwise == obstacle::none) found_.otherwise = o;
}

/// As long as nothing is known of what the name stands for.
void tree_walk::hinder_by_name(obstacle o, bool may_write) {
    if (o == obstacle::none) return;
    if (found_.why_not == obstacle::none) found_.why_not = o;
    found_.may_write = found_.may_write || may_write;
}

void tree_walk::walk(const tree_node& node) {
    if (++depth_ > most_deep) {
        hinder(obstacle::unparsed, true);
    } else if (node.is_list) {
        list(node);
    } else if (node.has_type()) {
        visit(node.type(), node.body());
    } else if (node.is_object) {
        visit(type_of_field(node.key), node);
    }
    --depth_;
}

/// An empty object is a node that is not there, as in DISTINCT without ON and ROWS FROM without AS,
/// or one that libpg_query cannot write.
void tree_walk::list(const tree_node& nodes) {
    const bool may_lack = nodes.key == "distinctClause" || nodes.key == "items";
    for (const tree_node* n = nodes.first; n != nullptr; n = n->next) {
        if (!n->is_object || n->first != nullptr) {
            walk(*n);
        } else if (!may_lack) {
            hinder(obstacle::unparsed, true);
        }
    }
}

void tree_walk::visit(std::string_view type, const tree_node& body) {
    const known_type* known = find_type(type);
    if (known == nullptr) {
        hinder(obstacle::unparsed, true);
        return children(body);
    }
    (this->*known->visit)(body);
}

void tree_walk::children(const tree_node& body, const tree_node* except) {
    for (const tree_node* c = body.first; c != nullptr; c = c->next)
        if (c != except && (c->is_object || c->is_list)) walk(*c);
}

/// A statement with its WITH, whose names are seen by what follows it, and by its own queries: by
/// all of them under RECURSIVE, else by those further on (manual, SELECT).
void tree_walk::scoped(const tree_node& body) {
    const std::size_t outside = cte_names_.size();
    const tree_node* with = body.child("withClause");
    const tree_node* list = with == nullptr ? nullptr : with->child("ctes");
    const tree_node* first = list == nullptr ? nullptr : list->first;
    auto add = [this](const tree_node& cte) {
        if (cte.has_type("CommonTableExpr")) cte_names_.push_back(cte.body().text_of("ctename"));
    };
    const bool recursive = with != nullptr && with->is_true("recursive");
    for (const tree_node* cte = recursive ? first : nullptr; cte != nullptr; cte = cte->next)
        add(*cte);
    for (const tree_node* cte = first; cte != nullptr; cte = cte->next) {
        walk(*cte);
        if (!recursive) add(*cte);
    }
    children(body, with);
    cte_names_.resize(outside);
}

void tree_walk::select(const tree_node& body) {
    if (body.child("lockingClause") != nullptr) hinder(obstacle::locks_rows, true);
    scoped(body);
}

void tree_walk::into(const tree_node& body) {
    hinder(obstacle::select_into, true);
    found_.modifies = true;
    children(body);
}

void tree_walk::modification(const tree_node& body) {
    hinder(obstacle::modifying_cte, true);
    found_.modifies = true;
    // The target is never a name of the statement's own WITH.
    if (const tree_node* target = body.child("relation")) note_relation(*target);
    scoped(body);
}

void tree_walk::constant(const tree_node& body) {
    // Also without a cast: a comparison with a column of a date/time type makes it one.
    const tree_node* literal = body.child("sval");
    if (literal != nullptr && has_clock_word(literal->text_of("sval"))) found_.tells_time = true;
}

void tree_walk::value_function(const tree_node& body) {
    if (tells_time(body.text_of("op"))) found_.tells_time = true;
}

void tree_walk::string(const tree_node& body) {
    if (is_temporary_schema(body.text_of("sval"))) found_.names_temporary = true;
}

void tree_walk::function(const tree_node& body) {
    const std::string_view name = built_in_name(body.child("funcname"));
    const std::optional<function_verdict> known = builtin_function(name);
    use(used_kind::function, body.child("funcname"), arguments_of(body), obstacle::unknown_function);
    // Harmless if it is the built-in: without a catalog nobody says so.
    const bool may_be_a_users = known && known->not_in_15 && known->why_not == obstacle::none;
    if (!known || may_be_a_users) {
        hinder_by_name(obstacle::unknown_function, true);
        found_.out_of_sight = true;
    } else {
        hinder_by_name(known->why_not, known->why_not == obstacle::volatile_function);
        if (!is_local_setting(name, body)) found_.pins = found_.pins | known->pin;
        session_function(name, body);
        if (name == "current_setting" || name == "set_config" || is_object_alias(name))
            found_.literals_matter = true;
    }
    children(body);
}

/// What it does to the session, or asks of it, beside what the table of built-ins says.
void tree_walk::session_function(std::string_view name, const tree_node& call) {
    if (name == "set_config") setting(call);
    if (name.starts_with("pg_advisory_unlock")) found_.ends = found_.ends | pin_cause::advisory_lock;
    if (name == "currval" || name == "lastval") found_.recalls_sequence = true;
    if (name == "pg_prepared_statement") found_.lists_statements = true;
    const tree_node* args = call.child("args");
    const bool one_argument = args != nullptr && args->first != nullptr && args->first->next == nullptr;
    if (name == "now" || name == "transaction_timestamp" || (name == "age" && one_argument))
        found_.tells_time = true;
}

/// set_config(name, ...): custom settings are only found again by their names.
void tree_walk::setting(const tree_node& call) {
    const tree_node* args = call.child("args");
    const tree_node* name = args == nullptr ? nullptr : args->first;
    while (name != nullptr && name->has_type("TypeCast")) name = name->body().child("arg");
    const tree_node* literal =
        name != nullptr && name->has_type("A_Const") ? name->body().child("sval") : nullptr;
    if (literal != nullptr) {
        std::string folded = lower(literal->text_of("sval"));
        if (folded.find('.') == std::string::npos) return;
        found_.custom_settings.push_back(std::move(folded));
    } else if (name != nullptr && name->has_type("ParamRef")) {
        unsigned number = 0;
        for (const char c : name->body().text_of("number"))
            number = number * 10 + static_cast<unsigned>(c - '0');
        found_.setting_parameters.push_back(static_cast<std::uint16_t>(number));
    } else {
        found_.pins = found_.pins | pin_cause::unknown_setting;
    }
}

void tree_walk::expression(const tree_node& body) {
    const std::string_view kind = body.text_of("kind");
    const bool between = kind == "AEXPR_BETWEEN" || kind == "AEXPR_NOT_BETWEEN" ||
                         kind == "AEXPR_BETWEEN_SYM" || kind == "AEXPR_NOT_BETWEEN_SYM";
    if (!between) {
        operator_name(body.child("name"));
    } else {
        for (const std::string_view name : {"<", "<=", ">", ">="}) use_operator(name);
    }
    children(body);
}

void tree_walk::operator_name(const tree_node* names) {
    use(used_kind::operation, names, -1, obstacle::unknown_operator);
    if (!is_builtin_operator(built_in_name(names))) hinder_by_name(obstacle::unknown_operator, true);
}

void tree_walk::sub_link(const tree_node& body) {
    if (const tree_node* names = body.child("operName")) {
        operator_name(names);
    } else if (body.child("testexpr") != nullptr) {
        use_operator("=");  // IN
    }
    children(body);
}

void tree_walk::sort_by(const tree_node& body) {
    if (const tree_node* names = body.child("useOp")) operator_name(names);
    children(body);
}

void tree_walk::sample(const tree_node& body) {
    const std::string_view method = built_in_name(body.child("method"));
    if (method != "bernoulli" && method != "system") hinder(obstacle::unknown_function, true);
    children(body);
}

void tree_walk::cast(const tree_node& body) {
    const tree_node* type = body.child("typeName");
    const auto parts = name_parts(type == nullptr ? nullptr : type->child("names"));
    if (!parts.empty() && is_object_alias(parts.back())) {
        found_.literals_matter = true;
        const tree_node* arg = body.child("arg");
        const tree_node* literal =
            arg != nullptr && arg->has_type("A_Const") ? arg->body().child("sval") : nullptr;
        const std::string_view named = literal == nullptr ? "" : literal->text_of("sval");
        if (is_temporary_schema(named.substr(0, named.find('.'))))
            hinder(obstacle::sequence_or_catalog, false);
    }
    children(body);
}

void tree_walk::type_name(const tree_node& body) {
    const auto parts = name_parts(body.child("names"));
    const bool of_information_schema = parts.size() == 2 && parts[0] == "information_schema";
    const bool known = of_information_schema ? is_information_domain(parts[1])
                                             : is_builtin_type(built_in_name(body.child("names")));
    use(used_kind::type, body.child("names"), -1, obstacle::unknown_cast);
    if (body.is_true("pct_type")) hinder(obstacle::unknown_cast, true);
    if (!known) hinder_by_name(obstacle::unknown_cast, true);
    children(body);
}

void tree_walk::relation(const tree_node& body) {
    const std::string_view schema = body.text_of("schemaname");
    const std::string_view name = body.text_of("relname");
    if (schema.empty() && std::find(cte_names_.begin(), cte_names_.end(), name) != cte_names_.end())
        return;
    note_relation(body);
    if (is_temporary_schema(schema)) return hinder(relation_obstacle(schema, name), false);
    found_.names.insert({used_kind::relation, std::string(schema), std::string(name)});
    hinder_by_name(relation_obstacle(schema, name), false);
}

void tree_walk::note_relation(const tree_node& range_var) {
    const std::string_view schema = range_var.text_of("schemaname");
    if (range_var.text_of("relname") == "pg_prepared_statements") found_.lists_statements = true;
    if (is_temporary_schema(schema) || range_var.text_of("relpersistence") == "t")
        found_.names_temporary = true;
    std::string name = lower(range_var.text_of("relname"));
    if (!schema.empty()) name = lower(schema) + '.' + name;
    if (std::find(found_.relations.begin(), found_.relations.end(), name) == found_.relations.end())
        found_.relations.push_back(std::move(name));
}

}  // namespace weir::query

#include "query/tree_walk.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "query/builtins.hpp"
#include "query/lexer.hpp"

namespace weir::query {
namespace {

// Messages, not levels of the statement: a node and what it holds are two, a list between them one
// more. is_shallow() has refused what comes near it.
constexpr int most_messages_deep = 20000;

using node_case = PgQuery__Node__NodeCase;

/// Which kind of node a message is; fields of a definite type have no PgQuery__Node around them.
node_case case_of(const ProtobufCMessageDescriptor* of) {
    static const auto cases = [] {
        std::unordered_map<const ProtobufCMessageDescriptor*, node_case> made;
        const ProtobufCMessageDescriptor& node = pg_query__node__descriptor;
        for (unsigned i = 0; i < node.n_fields; ++i) {
            const auto* member =
                static_cast<const ProtobufCMessageDescriptor*>(node.fields[i].descriptor);
            made.emplace(member, static_cast<node_case>(node.fields[i].id));
        }
        return made;
    }();
    const auto it = cases.find(of);
    return it == cases.end() ? PG_QUERY__NODE__NODE__NOT_SET : it->second;
}

template <class Message>
const Message& as(const ProtobufCMessage& m) {
    return reinterpret_cast<const Message&>(m);
}

std::string lower(std::string_view s) {
    std::string out(s);
    for (char& c : out) c = lower_ascii(c);
    return out;
}

bool is_object_alias(
    std::string_view type) {  // the types of manual 8.19: a literal names an object
    static constexpr std::array<std::string_view, 11> types = {
        "regclass",    "regcollation", "regconfig",    "regdictionary", "regnamespace", "regoper",
        "regoperator", "regproc",      "regprocedure", "regrole",       "regtype"};
    return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_temporary_schema(std::string_view schema) {
    return schema == "pg_temp" || schema.starts_with("pg_temp_") ||
           schema.starts_with("pg_toast_temp");
}

obstacle relation_obstacle(std::string_view schema, std::string_view name) {
    if (is_temporary_schema(schema)) return obstacle::sequence_or_catalog;
    if (schema == "information_schema") return obstacle::none;
    const bool built_in = schema.empty() || schema == "pg_catalog";
    if (schema != "pg_catalog" && !name.starts_with("pg_")) return obstacle::none;
    if (built_in && is_replicated_catalog(name)) return obstacle::none;
    if (name == "pg_settings" || name == "pg_file_settings") return obstacle::reads_setting;
    if (name == "pg_sequences") return obstacle::sequence_or_catalog;
    return obstacle::tells_role;
}

/// Nodes that do nothing by themselves. What is neither here nor has a visitor is not understood.
bool is_plain(node_case kind) {
    switch (kind) {
        case PG_QUERY__NODE__NODE_ALIAS:
        case PG_QUERY__NODE__NODE_GROUPING_FUNC:
        case PG_QUERY__NODE__NODE_NAMED_ARG_EXPR:
        case PG_QUERY__NODE__NODE_BOOL_EXPR:
        case PG_QUERY__NODE__NODE_ROW_EXPR:
        case PG_QUERY__NODE__NODE_CASE_EXPR:
        case PG_QUERY__NODE__NODE_CASE_WHEN:
        case PG_QUERY__NODE__NODE_COALESCE_EXPR:
        case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
        case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
        case PG_QUERY__NODE__NODE_XML_EXPR:
        case PG_QUERY__NODE__NODE_XML_SERIALIZE:
        case PG_QUERY__NODE__NODE_NULL_TEST:
        case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
        case PG_QUERY__NODE__NODE_SET_TO_DEFAULT:
        case PG_QUERY__NODE__NODE_JOIN_EXPR:
        case PG_QUERY__NODE__NODE_COLUMN_REF:
        case PG_QUERY__NODE__NODE_PARAM_REF:
        case PG_QUERY__NODE__NODE_A_STAR:
        case PG_QUERY__NODE__NODE_A_INDICES:
        case PG_QUERY__NODE__NODE_A_INDIRECTION:
        case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
        case PG_QUERY__NODE__NODE_RES_TARGET:
        case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
        case PG_QUERY__NODE__NODE_WINDOW_DEF:
        case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
        case PG_QUERY__NODE__NODE_RANGE_FUNCTION:
        case PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC:
        case PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC_COL:
        case PG_QUERY__NODE__NODE_COLUMN_DEF:
        case PG_QUERY__NODE__NODE_GROUPING_SET:
        case PG_QUERY__NODE__NODE_WITH_CLAUSE:
        case PG_QUERY__NODE__NODE_CTESEARCH_CLAUSE:
        case PG_QUERY__NODE__NODE_CTECYCLE_CLAUSE:
        case PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR:
        case PG_QUERY__NODE__NODE_INTEGER:
        case PG_QUERY__NODE__NODE_FLOAT:
        case PG_QUERY__NODE__NODE_BOOLEAN:
        case PG_QUERY__NODE__NODE_BIT_STRING:
        case PG_QUERY__NODE__NODE_LIST:
        case PG_QUERY__NODE__NODE_A_CONST:
            return true;
        default:
            return false;
    }
}

}  // namespace

void tree_walk::hinder(obstacle o, bool may_write) {
    if (o == obstacle::none) return;
    if (found_.why_not == obstacle::none) found_.why_not = o;
    found_.may_write = found_.may_write || may_write;
}

tree_walk::names tree_walk::strings(PgQuery__Node* const* nodes, std::size_t count) {
    names out;
    for (std::size_t i = 0; i < count; ++i) {
        const bool is_string = nodes[i]->node_case == PG_QUERY__NODE__NODE_STRING;
        out.emplace_back(is_string ? nodes[i]->string->sval : "");
    }
    return out;
}

void tree_walk::walk(const PgQuery__Node* node) {
    if (node != nullptr) walk(node->base);
}

void tree_walk::walk(const ProtobufCMessage& m) {
    if (m.descriptor == &pg_query__node__descriptor) {
        // All members of the union are pointers to messages, and a message starts with its
        // descriptor.
        const auto& node = as<PgQuery__Node>(m);
        if (node.node_case != PG_QUERY__NODE__NODE__NOT_SET && node.alias != nullptr)
            walk(node.alias->base);
        return;
    }
    if (++depth_ > most_messages_deep) {
        hinder(obstacle::unparsed, true);
    } else {
        visit(m);
    }
    --depth_;
}

void tree_walk::children(const ProtobufCMessage& m, const void* except) {
    for (unsigned i = 0; i < m.descriptor->n_fields; ++i)
        if (m.descriptor->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            field(m, m.descriptor->fields[i], except);
}

void tree_walk::field(const ProtobufCMessage& m, const ProtobufCFieldDescriptor& f,
                      const void* except) {
    const char* base = reinterpret_cast<const char*>(&m);
    if ((f.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        const auto chosen = *reinterpret_cast<const std::uint32_t*>(base + f.quantifier_offset);
        if (chosen != f.id) return;
    }
    if (f.label == PROTOBUF_C_LABEL_REPEATED) {
        const auto count = *reinterpret_cast<const std::size_t*>(base + f.quantifier_offset);
        const auto* items = *reinterpret_cast<ProtobufCMessage* const* const*>(base + f.offset);
        for (std::size_t i = 0; i < count; ++i) walk(*items[i]);
        return;
    }
    const auto* one = *reinterpret_cast<const ProtobufCMessage* const*>(base + f.offset);
    if (one != nullptr && one != except) walk(*one);
}

void tree_walk::visit(const ProtobufCMessage& m) {
    const node_case kind = case_of(m.descriptor);
    switch (kind) {
        case PG_QUERY__NODE__NODE_SELECT_STMT:
            return select(as<PgQuery__SelectStmt>(m));
        case PG_QUERY__NODE__NODE_FUNC_CALL:
            return function(as<PgQuery__FuncCall>(m));
        case PG_QUERY__NODE__NODE_A_EXPR:
            return expression(as<PgQuery__AExpr>(m));
        case PG_QUERY__NODE__NODE_TYPE_CAST:
            return cast(as<PgQuery__TypeCast>(m));
        case PG_QUERY__NODE__NODE_TYPE_NAME:
            return type(as<PgQuery__TypeName>(m));
        case PG_QUERY__NODE__NODE_RANGE_VAR:
            return relation(as<PgQuery__RangeVar>(m));
        case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE:
            return sample(as<PgQuery__RangeTableSample>(m));
        case PG_QUERY__NODE__NODE_SUB_LINK: {
            const auto& s = as<PgQuery__SubLink>(m);
            if (s.n_oper_name > 0) operator_name(strings(s.oper_name, s.n_oper_name));
            return children(m, nullptr);
        }
        case PG_QUERY__NODE__NODE_SORT_BY: {
            const auto& s = as<PgQuery__SortBy>(m);
            if (s.n_use_op > 0) operator_name(strings(s.use_op, s.n_use_op));
            return children(m, nullptr);
        }
        case PG_QUERY__NODE__NODE_STRING:
            found_.names_temporary =
                found_.names_temporary || is_temporary_schema(as<PgQuery__String>(m).sval);
            return;
        case PG_QUERY__NODE__NODE_LOCKING_CLAUSE:
            return;  // told by select(); what it names are aliases
        case PG_QUERY__NODE__NODE_INTO_CLAUSE:
            hinder(obstacle::select_into, true);
            found_.modifies = true;
            return children(m, nullptr);
        case PG_QUERY__NODE__NODE_INSERT_STMT: {
            const auto& s = as<PgQuery__InsertStmt>(m);
            return modification(m, s.relation, s.with_clause);
        }
        case PG_QUERY__NODE__NODE_UPDATE_STMT: {
            const auto& s = as<PgQuery__UpdateStmt>(m);
            return modification(m, s.relation, s.with_clause);
        }
        case PG_QUERY__NODE__NODE_DELETE_STMT: {
            const auto& s = as<PgQuery__DeleteStmt>(m);
            return modification(m, s.relation, s.with_clause);
        }
        case PG_QUERY__NODE__NODE_MERGE_STMT: {
            const auto& s = as<PgQuery__MergeStmt>(m);
            return modification(m, s.relation, s.with_clause);
        }
        default:
            if (!is_plain(kind)) hinder(obstacle::unparsed, true);
            return children(m, nullptr);
    }
}

/// The names of a WITH are seen by what follows it, and by its own queries: by all of them under
/// RECURSIVE, else by those further on (manual, SELECT).
void tree_walk::scoped(const ProtobufCMessage& m, const PgQuery__WithClause* with) {
    const std::size_t outside = cte_names_.size();
    if (with != nullptr) {
        auto add = [&](const PgQuery__Node* cte) {
            if (cte->node_case == PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR)
                cte_names_.emplace_back(cte->common_table_expr->ctename);
        };
        if (with->recursive)
            for (std::size_t i = 0; i < with->n_ctes; ++i) add(with->ctes[i]);
        for (std::size_t i = 0; i < with->n_ctes; ++i) {
            walk(with->ctes[i]);
            if (!with->recursive) add(with->ctes[i]);
        }
    }
    children(m, with);
    cte_names_.resize(outside);
}

void tree_walk::select(const PgQuery__SelectStmt& s) {
    if (s.n_locking_clause > 0) hinder(obstacle::locks_rows, true);
    scoped(s.base, s.with_clause);
}

void tree_walk::modification(const ProtobufCMessage& m, const PgQuery__RangeVar* target,
                             const PgQuery__WithClause* with) {
    hinder(obstacle::modifying_cte, true);
    found_.modifies = true;
    if (target != nullptr) note_relation(*target);
    scoped(m, with);
}

void tree_walk::function(const PgQuery__FuncCall& f) {
    const names parts = strings(f.funcname, f.n_funcname);
    std::optional<function_verdict> known;
    if (parts.size() == 1 || (parts.size() == 2 && parts[0] == "pg_catalog"))
        known = builtin_function(parts.back());
    if (!known) {
        hinder(obstacle::unknown_function, true);
    } else {
        hinder(known->why_not, known->why_not == obstacle::volatile_function);
        found_.pins = found_.pins | known->pin;
        const std::string_view name = parts.back();
        found_.literals_matter = found_.literals_matter || name == "current_setting" ||
                                 name == "set_config" || is_object_alias(name);
    }
    children(f.base, nullptr);
}

void tree_walk::expression(const PgQuery__AExpr& e) {
    switch (e.kind) {
        case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
        case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN:
        case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
        case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
            break;  // "BETWEEN" is not an operator
        default:
            operator_name(strings(e.name, e.n_name));
    }
    children(e.base, nullptr);
}

void tree_walk::operator_name(const names& parts) {
    const bool built_in = parts.size() == 1 || (parts.size() == 2 && parts[0] == "pg_catalog");
    if (!built_in || !is_builtin_operator(parts.back())) hinder(obstacle::unknown_operator, true);
}

void tree_walk::sample(const PgQuery__RangeTableSample& s) {
    const names method = strings(s.method, s.n_method);
    const bool built_in = method.size() == 1 || (method.size() == 2 && method[0] == "pg_catalog");
    if (!built_in || (method.back() != "bernoulli" && method.back() != "system"))
        hinder(obstacle::unknown_function, true);
    children(s.base, nullptr);
}

void tree_walk::cast(const PgQuery__TypeCast& c) {
    if (c.type_name != nullptr) {
        const names parts = strings(c.type_name->names, c.type_name->n_names);
        const bool names_object = !parts.empty() && is_object_alias(parts.back());
        found_.literals_matter = found_.literals_matter || names_object;
        const PgQuery__Node* arg = c.arg;
        if (names_object && arg != nullptr && arg->node_case == PG_QUERY__NODE__NODE_A_CONST &&
            arg->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL &&
            is_temporary_schema(std::string_view(arg->a_const->sval->sval).substr(0, 7)))
            hinder(obstacle::sequence_or_catalog, false);
    }
    children(c.base, nullptr);
}

void tree_walk::type(const PgQuery__TypeName& t) {
    const names parts = strings(t.names, t.n_names);
    const bool built_in = parts.size() == 1 || (parts.size() == 2 && parts[0] == "pg_catalog");
    if (!built_in || t.pct_type || !is_builtin_type(parts.back()))
        hinder(obstacle::unknown_cast, true);
    children(t.base, nullptr);
}

void tree_walk::relation(const PgQuery__RangeVar& r) {
    const std::string_view schema = r.schemaname;
    const std::string_view name = r.relname;
    if (schema.empty() && std::find(cte_names_.begin(), cte_names_.end(), name) != cte_names_.end())
        return;
    note_relation(r);
    hinder(relation_obstacle(schema, name), false);
}

void tree_walk::note_relation(const PgQuery__RangeVar& r) {
    const std::string_view schema = r.schemaname;
    if (is_temporary_schema(schema) || std::string_view(r.relpersistence) == "t")
        found_.names_temporary = true;
    std::string name = schema.empty() ? lower(r.relname) : lower(schema) + '.' + lower(r.relname);
    if (std::find(found_.relations.begin(), found_.relations.end(), name) == found_.relations.end())
        found_.relations.push_back(std::move(name));
}

}  // namespace weir::query

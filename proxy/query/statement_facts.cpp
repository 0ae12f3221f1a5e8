#include "query/statement_facts.hpp"

#include <string_view>
#include <utility>

#include "query/tree_walk.hpp"

namespace weir::query {
namespace {

/// A statement that is no read: its kind, what it leaves behind, and that it may write WAL.
facts other(statement_kind kind, pin_cause pins = pin_cause::none, bool writes = true) {
    facts f;
    f.kind = kind;
    f.why_not = kind == statement_kind::show ? obstacle::reads_setting : obstacle::not_a_read;
    f.pins = pins;
    f.writes_position = writes;
    return f;
}

facts from_findings(statement_kind kind, const findings& found) {
    facts f;
    f.kind = kind;
    f.why_not = found.why_not;
    f.read_only = found.why_not == obstacle::none;
    f.pins = found.pins;
    f.writes_position = found.may_write;
    f.literals_matter = found.literals_matter;
    f.relations = found.relations;
    return f;
}

/// SELECT, VALUES, TABLE: the statement itself or what EXPLAIN, COPY and their kind are about.
facts select(const PgQuery__Node& statement) {
    tree_walk walk;
    walk.walk(&statement);
    const findings& found = walk.found();
    facts f = from_findings(found.modifies ? statement_kind::write : statement_kind::read, found);
    if (found.modifies && found.names_temporary) f.pins = f.pins | pin_cause::temporary;
    return f;
}

/// A statement that runs what it holds: its pins and relations are those of its parts.
facts with_parts(facts f, const ProtobufCMessage& m) {
    tree_walk walk;
    walk.walk(m);
    f.pins = f.pins | walk.found().pins;
    f.literals_matter = walk.found().literals_matter;
    f.relations = walk.found().relations;
    return f;
}

/// DDL runs none of the expressions it holds (with the exceptions that ALTER TABLE makes).
facts definition(const ProtobufCMessage& m, bool creates) {
    tree_walk walk;
    walk.walk(m);
    facts f = other(statement_kind::write);
    f.relations = walk.found().relations;
    if (creates && walk.found().names_temporary) f.pins = pin_cause::temporary;
    return f;
}

bool is_on(const PgQuery__Node* value) {  // defGetBoolean(); nothing said means on
    if (value == nullptr) return true;
    if (value->node_case == PG_QUERY__NODE__NODE_INTEGER) return value->integer->ival != 0;
    if (value->node_case == PG_QUERY__NODE__NODE_STRING) {
        const std::string_view s = value->string->sval;
        return s != "false" && s != "off";
    }
    return true;
}

facts explain(const PgQuery__ExplainStmt& e) {
    bool analyzes = false;
    bool options_have_values = false;
    for (std::size_t i = 0; i < e.n_options; ++i) {
        if (e.options[i]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM) continue;
        const PgQuery__DefElem& option = *e.options[i]->def_elem;
        options_have_values = options_have_values || option.arg != nullptr;
        if (std::string_view(option.defname) == "analyze") analyzes = is_on(option.arg);
    }
    const bool of_select =
        e.query != nullptr && e.query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT;
    facts f;
    if (e.query != nullptr) f = of_select ? select(*e.query) : statement_facts(*e.query);
    if (!of_select) {
        f.kind = statement_kind::write;
        f.read_only = false;
        f.why_not = obstacle::not_a_read;
    }
    if (!analyzes) {
        f.pins = pin_cause::none;
        f.writes_position = false;
    }
    f.literals_matter = f.literals_matter || options_have_values;
    return f;
}

facts copy(const PgQuery__CopyStmt& c) {
    const bool to_client = !c.is_from && !c.is_program && std::string_view(c.filename).empty();
    const bool of_select =
        c.query == nullptr || c.query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT;
    if (to_client && of_select) {
        if (c.query != nullptr) return select(*c.query);
        tree_walk walk;
        walk.walk(c.relation->base);
        return from_findings(statement_kind::read, walk.found());
    }
    const bool from_client = c.is_from && !c.is_program && std::string_view(c.filename).empty();
    return with_parts(other(from_client ? statement_kind::copy_from_stdin : statement_kind::write),
                      c.base);
}

isolation isolation_named(std::string_view level) {
    if (level == "read uncommitted") return isolation::read_uncommitted;
    if (level == "read committed") return isolation::read_committed;
    if (level == "repeatable read") return isolation::repeatable_read;
    if (level == "serializable") return isolation::serializable;
    return isolation::unsaid;
}

/// The modes of BEGIN, SET TRANSACTION and SET SESSION CHARACTERISTICS; the last of a kind counts.
void take_modes(facts& f, PgQuery__Node* const* modes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (modes[i]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM) continue;
        const PgQuery__DefElem& mode = *modes[i]->def_elem;
        if (mode.arg == nullptr || mode.arg->node_case != PG_QUERY__NODE__NODE_A_CONST) continue;
        const PgQuery__AConst& value = *mode.arg->a_const;
        const std::string_view name = mode.defname;
        // An integer of 0 is the protobuf default, so its message may be there without a value.
        const bool on = value.val_case == PG_QUERY__A__CONST__VAL_IVAL && value.ival->ival != 0;
        if (name == "transaction_isolation" && value.val_case == PG_QUERY__A__CONST__VAL_SVAL) {
            f.level = isolation_named(value.sval->sval);
        } else if (name == "transaction_read_only") {
            f.access = on ? access_mode::read_only : access_mode::read_write;
        } else if (name == "transaction_deferrable") {
            f.deferrable = on;
        }
    }
}

facts ending(statement_kind kind, bool chain) {
    facts f = other(kind, pin_cause::none, kind == statement_kind::commit);
    f.controls_transaction = true;
    f.chain = chain;
    return f;
}

facts transaction(const PgQuery__TransactionStmt& t) {
    switch (t.kind) {
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START: {
            facts f = other(statement_kind::begin, pin_cause::none, false);
            f.controls_transaction = true;
            f.start_transaction = t.kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START;
            take_modes(f, t.options, t.n_options);
            return f;
        }
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
            return ending(statement_kind::commit, t.chain);
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
            return ending(statement_kind::rollback, t.chain);
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT:
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE:
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
            return other(statement_kind::savepoint, pin_cause::none, false);
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE: {
            facts f = other(statement_kind::write);
            f.controls_transaction = true;
            return f;
        }
        default:
            return other(statement_kind::write);  // COMMIT PREPARED, ROLLBACK PREPARED
    }
}

/// RESET ALL and SET SESSION AUTHORIZATION DEFAULT lead back to what a connection that is not
/// pinned has anyway, so drivers that send them before they give a connection back cause no pin.
facts variable(const PgQuery__VariableSetStmt& v) {
    const std::string_view name = v.name;
    const bool multi = v.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_SET_MULTI;
    const bool characteristics = multi && name == "SESSION CHARACTERISTICS";
    if ((v.is_local || multi) && !characteristics) {
        facts f = other(statement_kind::set_local, pin_cause::none, false);
        if (multi) take_modes(f, v.args, v.n_args);
        return f;
    }
    const bool to_default = v.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT ||
                            v.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET;
    const bool changes_nothing = v.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL ||
                                 (to_default && name == "session_authorization");
    facts f =
        other(statement_kind::set, changes_nothing ? pin_cause::none : pin_cause::settings, false);
    if (characteristics) take_modes(f, v.args, v.n_args);
    return f;
}

facts deallocate(const PgQuery__DeallocateStmt& d) {
    facts f = other(statement_kind::deallocate, pin_cause::none, false);
    f.name = d.name;
    return f;
}

constexpr int cursor_option_hold = 0x20;  // CURSOR_OPT_HOLD in nodes/parsenodes.h

facts declare_cursor(const PgQuery__DeclareCursorStmt& d) {
    const bool hold = (d.options & cursor_option_hold) != 0;
    return with_parts(other(statement_kind::write, hold ? pin_cause::hold_cursor : pin_cause::none),
                      d.base);
}

/// ALTER TABLE evaluates what ADD COLUMN ... DEFAULT and ALTER TYPE ... USING hold, but no SET
/// DEFAULT.
facts alter_table(const PgQuery__AlterTableStmt& a) {
    bool evaluates = false;
    for (std::size_t i = 0; i < a.n_cmds; ++i) {
        if (a.cmds[i]->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD) continue;
        const auto type = a.cmds[i]->alter_table_cmd->subtype;
        evaluates = evaluates || type != PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault;
    }
    return evaluates ? with_parts(other(statement_kind::write), a.base) : definition(a.base, false);
}

facts create_table_as(const PgQuery__CreateTableAsStmt& c) {
    tree_walk walk;
    walk.walk(c.base);
    facts f = other(statement_kind::write, walk.found().pins);
    f.relations = walk.found().relations;
    f.literals_matter = walk.found().literals_matter;
    if (walk.found().names_temporary) f.pins = f.pins | pin_cause::temporary;
    return f;
}

}  // namespace

facts statement_facts(const PgQuery__Node& s) {
    const ProtobufCMessage& m =
        s.node_case == PG_QUERY__NODE__NODE__NOT_SET ? s.base : s.alias->base;
    switch (s.node_case) {
        case PG_QUERY__NODE__NODE_SELECT_STMT:
            return select(s);
        case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
            return explain(*s.explain_stmt);
        case PG_QUERY__NODE__NODE_COPY_STMT:
            return copy(*s.copy_stmt);
        case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
            return transaction(*s.transaction_stmt);
        case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
            return variable(*s.variable_set_stmt);
        case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
            return other(statement_kind::set_local, pin_cause::none, false);
        case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
            return other(statement_kind::show, pin_cause::none, false);
        case PG_QUERY__NODE__NODE_DEALLOCATE_STMT:
            return deallocate(*s.deallocate_stmt);
        case PG_QUERY__NODE__NODE_DISCARD_STMT: {
            const bool all = s.discard_stmt->target == PG_QUERY__DISCARD_MODE__DISCARD_ALL;
            return other(all ? statement_kind::discard_all : statement_kind::write, pin_cause::none,
                         false);
        }
        case PG_QUERY__NODE__NODE_PREPARE_STMT:
            return with_parts(other(statement_kind::prepare, pin_cause::sql_prepare, false), m);
        case PG_QUERY__NODE__NODE_EXECUTE_STMT:
            return with_parts(other(statement_kind::execute), m);
        case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
            return declare_cursor(*s.declare_cursor_stmt);
        case PG_QUERY__NODE__NODE_INSERT_STMT:
        case PG_QUERY__NODE__NODE_UPDATE_STMT:
        case PG_QUERY__NODE__NODE_DELETE_STMT:
        case PG_QUERY__NODE__NODE_MERGE_STMT:
            return with_parts(other(statement_kind::write), m);
        case PG_QUERY__NODE__NODE_DO_STMT:
        case PG_QUERY__NODE__NODE_CALL_STMT:
            return with_parts(other(statement_kind::write, pin_cause::procedural), m);
        case PG_QUERY__NODE__NODE_LISTEN_STMT:
            return other(statement_kind::write, pin_cause::listen, false);
        case PG_QUERY__NODE__NODE_UNLISTEN_STMT:
        case PG_QUERY__NODE__NODE_CLOSE_PORTAL_STMT:
            return other(statement_kind::write, pin_cause::none, false);
        case PG_QUERY__NODE__NODE_LOAD_STMT:
            return other(statement_kind::write, pin_cause::load, false);
        case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
            return create_table_as(*s.create_table_as_stmt);
        case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
            return alter_table(*s.alter_table_stmt);
        case PG_QUERY__NODE__NODE_CREATE_STMT:
        case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
        case PG_QUERY__NODE__NODE_VIEW_STMT:
        case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
        case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
        case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
        case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
        case PG_QUERY__NODE__NODE_DEFINE_STMT:
            return definition(m, true);
        default:
            return definition(m, false);
    }
}

}  // namespace weir::query

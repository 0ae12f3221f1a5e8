#include "query/transaction_facts.hpp"

#include <string_view>

#include "query/lexer.hpp"

namespace weir::query {
namespace {

isolation isolation_named(std::string_view level) {
    if (level == "read uncommitted") return isolation::read_uncommitted;
    if (level == "read committed") return isolation::read_committed;
    if (level == "repeatable read") return isolation::repeatable_read;
    if (level == "serializable") return isolation::serializable;
    return isolation::unsaid;
}

/// The modes of BEGIN, SET TRANSACTION and SET SESSION CHARACTERISTICS; the last of a kind counts.
/// Each is {"DefElem": {"defname": ..., "arg": {"A_Const": {"sval" | "ival": {...}}}}}.
void take_modes(facts& f, const tree_node* modes) {
    for (const tree_node* m = modes == nullptr ? nullptr : modes->first; m != nullptr;
         m = m->next) {
        const tree_node* arg = m->has_type("DefElem") ? m->body().child("arg") : nullptr;
        if (arg == nullptr || !arg->has_type("A_Const")) continue;
        const std::string_view name = m->body().text_of("defname");
        const tree_node* word = arg->body().child("sval");
        const tree_node* number = arg->body().child("ival");
        const bool on = number != nullptr && number->child("ival") != nullptr;  // 0 is left out
        if (name == "transaction_isolation" && word != nullptr) {
            f.level = isolation_named(word->text_of("sval"));
        } else if (name == "transaction_read_only") {
            f.access = on ? access_mode::read_only : access_mode::read_write;
        } else if (name == "transaction_deferrable") {
            f.deferrable = on;
        }
    }
}

facts beginning(const tree_node& t, bool start) {
    facts f = not_a_read(statement_kind::begin, pin_cause::none, false);
    f.controls_transaction = true;
    f.start_transaction = start;
    take_modes(f, t.child("options"));
    return f;
}

facts ending(statement_kind kind, const tree_node& t) {
    facts f = not_a_read(kind, pin_cause::none, kind != statement_kind::rollback);
    f.controls_transaction = f.exits_transaction = true;
    f.chain = t.is_true("chain");
    return f;
}

}  // namespace

facts not_a_read(statement_kind kind, pin_cause pins, bool writes) {
    facts f;
    f.kind = kind;
    f.why_not = obstacle::not_a_read;
    f.pins = pins;
    f.writes_position = writes;
    return f;
}

facts transaction_command(const tree_node& statement) {
    const tree_node& t = statement.body();
    const std::string_view kind = t.text_of("kind");
    if (kind == "TRANS_STMT_BEGIN") return beginning(t, false);
    if (kind == "TRANS_STMT_START") return beginning(t, true);
    if (kind == "TRANS_STMT_COMMIT") return ending(statement_kind::commit, t);
    if (kind == "TRANS_STMT_ROLLBACK") return ending(statement_kind::rollback, t);
    if (kind == "TRANS_STMT_PREPARE") return ending(statement_kind::write, t);
    if (kind == "TRANS_STMT_SAVEPOINT" || kind == "TRANS_STMT_RELEASE" ||
        kind == "TRANS_STMT_ROLLBACK_TO") {
        facts f = not_a_read(statement_kind::savepoint, pin_cause::none, false);
        f.exits_transaction = kind == "TRANS_STMT_ROLLBACK_TO";
        return f;
    }
    return not_a_read(statement_kind::write);  // COMMIT PREPARED, ROLLBACK PREPARED
}

/// SET LOCAL of a custom setting leaves its name behind (FACTS 16), and so do the others.
void note_custom_setting(facts& f, std::string_view name) {
    if (name.find('.') == std::string_view::npos) return;
    std::string folded(name);
    for (char& c : folded) c = lower_ascii(c);
    f.custom_settings.push_back(std::move(folded));
}

/// Names of settings are looked up without regard to case, even in quotes.
bool resets_name(std::string_view kind, std::string_view setting) {
    if (kind != "VAR_RESET" && kind != "VAR_SET_DEFAULT") return false;
    std::string folded(setting);
    for (char& c : folded) c = lower_ascii(c);
    return folded == "application_name";
}

facts set_variable(const tree_node& statement) {
    const tree_node& v = statement.body();
    const std::string_view kind = v.text_of("kind");
    const std::string_view name = v.text_of("name");
    const bool several = kind == "VAR_SET_MULTI";
    const bool characteristics = several && name == "SESSION CHARACTERISTICS";
    if ((v.is_true("is_local") || several) && !characteristics) {
        facts f = not_a_read(statement_kind::set_local, pin_cause::none, false);
        if (several) take_modes(f, v.child("args"));
        f.sets_modes = several && name == "TRANSACTION";
        f.resets_name = resets_name(kind, name);
        note_custom_setting(f, name);
        return f;
    }
    facts f = not_a_read(statement_kind::set, pin_cause::settings, false);
    f.clears_settings = kind == "VAR_RESET_ALL";
    f.resets_name = f.clears_settings || resets_name(kind, name);
    note_custom_setting(f, name);
    if (characteristics) take_modes(f, v.child("args"));
    return f;
}

facts set_constraints(const tree_node&) {
    return not_a_read(statement_kind::set_local, pin_cause::none, false);
}

}  // namespace weir::query

#include "session/dispatcher.hpp"

#include "session/judge.hpp"
#include "wire/frontend.hpp"

namespace weir::session {
namespace {

namespace frontend = wire::frontend;

const bytes no_formats_no_values(6, '\0');

constexpr std::string_view own_portal = "weir";
constexpr std::string_view impossible_name = "weir_0";  // ids begin with 1

fault no_such_statement(std::string_view name) {
    if (name.empty())
        return {sqlstate::invalid_statement_name, "unnamed prepared statement does not exist"};
    return {sqlstate::invalid_statement_name,
            "prepared statement \"" + std::string(name) + "\" does not exist"};
}

/// plancache.c's, which pgjdbc and others know by its routine.
fault rows_changed() {
    return {sqlstate::feature_not_supported, "cached plan must not change result type", "", "",
            "RevalidateCachedQuery"};
}

fault transaction_aborted() {
    return {sqlstate::in_failed_transaction,
            "current transaction is aborted, commands ignored until end of transaction block"};
}

/// Passed on under its own name, this would find a statement of another session, or the unnamed one
/// that another session left on the connection.
bool would_find_foreign(std::string_view name) {
    return name.empty() || name.starts_with(statement::server_prefix);
}

}  // namespace

bool dispatcher::pass(bytes_view raw, owed_reply reply) {
    out_.lend(raw);
    link_.owed.push(reply);
    link_.unsynced = true;
    return true;
}

/// For one more statement that is prepared on the connection.
void dispatcher::make_room() { close_until(prepared_limit_ == 0 ? 0 : prepared_limit_ - 1); }

void dispatcher::close_until(std::size_t left) {
    while (auto old = link_.prepared.evict(left)) {
        frontend::append_target(out_.own(), frontend::close, 'S',
                                statement::server_prefix + std::to_string(*old));
        link_.owed.push({owed_kind::close, owed_act::swallow, *old});
        link_.shapes.erase(*old, false);
    }
}

/// Its rows have changed since it was prepared there.
void dispatcher::close_stale(const statement& what) {
    if (!link_.prepared.take_stale(what.id)) return;
    frontend::append_target(out_.own(), frontend::close, 'S', what.server_name());
    link_.owed.push({owed_kind::close, owed_act::swallow, what.id});
}

void dispatcher::ensure_prepared(const statement& what) {
    if (link_.prepared.touch(what.id)) return;
    close_stale(what);
    make_room();
    frontend::append_parse(out_.own(), what.server_name(), what.text, what.parameter_types);
    link_.owed.push({owed_kind::parse, owed_act::swallow, what.id});
    link_.prepared.add(what.id);
    link_.unsynced = true;
}

void dispatcher::begin(const statement& begin_text, bool begins) {
    if (exact_) return run_unnamed(begin_text.text, {.kind = owed_kind::execute, .begins = begins});
    ensure_prepared(begin_text);
    frontend::append_bind_head(out_.own(), "", begin_text.server_name(),
                               no_formats_no_values.size());
    out_.own().append(no_formats_no_values);
    link_.owed.push({owed_kind::bind, owed_act::swallow});
    frontend::append_execute(out_.own(), "", 0);
    link_.owed.push({.kind = owed_kind::execute, .act = owed_act::swallow, .begins = begins});
    link_.unsynced = true;
}

/// A statement of Weir's that needs no name; the client's unnamed one is gone then, its portals are not.
void dispatcher::run_unnamed(bytes_view text, owed_reply executed) {
    auto& to = out_.own();
    frontend::append_parse(to, "", text, bytes_view("\0\0", 2));
    link_.owed.push({owed_kind::parse, owed_act::swallow});
    frontend::append_bind_head(to, own_portal, "", no_formats_no_values.size());
    to.append(no_formats_no_values);
    link_.owed.push({owed_kind::bind, owed_act::swallow});
    frontend::append_execute(to, own_portal, 0);
    executed.act = owed_act::swallow;
    link_.owed.push(executed);
    frontend::append_target(to, frontend::close, 'P', own_portal);
    link_.owed.push({owed_kind::close, owed_act::swallow});
    link_.unnamed = 0;
    link_.unsynced = true;
}

/// What others drew from sequences on this connection is not this session's to recall.
void dispatcher::forget_sequences() {
    run_unnamed("DISCARD SEQUENCES", {owed_kind::execute});
    end_own();
    link_.drew_sequence = false;
}

bool dispatcher::describe_anew(const statement& what, bool unnamed) {
    const bool there = unnamed ? link_.unnamed == what.id : link_.prepared.touch(what.id);
    if (there && link_.shapes.find(what.id, unnamed)) return false;
    if (unnamed) {
        ensure_unnamed(what);
    } else {
        ensure_prepared(what);
    }
    frontend::append_target(out_.own(), frontend::describe, 'S', unnamed ? "" : what.server_name());
    link_.owed.push({.kind = owed_kind::describe_statement,
                     .act = owed_act::swallow,
                     .of_unnamed = unnamed,
                     .describes = what.id});
    link_.unsynced = true;
    return true;
}

/// A transaction of its own: it takes a snapshot, and one that the client begins behind it must still be
/// free to choose its isolation level.
void dispatcher::end_own() {
    frontend::append_sync(out_.own());
    link_.owed.push({owed_kind::sync, owed_act::swallow});
    link_.unsynced = false;
}

bool dispatcher::provoke_error(fault in_its_place) {
    frontend::append_target(out_.own(), frontend::describe, 'S', impossible_name);
    link_.owed.push({owed_kind::describe_statement, owed_act::replace_error});
    link_.unsynced = true;
    if (!stand_in_) stand_in_ = std::move(in_its_place);
    return false;
}

void dispatcher::ensure_unnamed(const statement& what) {
    if (link_.unnamed == what.id) return;
    frontend::append_parse(out_.own(), "", what.text, what.parameter_types);
    link_.owed.push({owed_kind::parse, owed_act::swallow});
    link_.unnamed = what.id;
    link_.shapes.erase(what.id, true);
    link_.unsynced = true;
}

bool dispatcher::parse(const client_message& m, bytes_view raw) {
    const auto decoded = frontend::decode_parse(raw.substr(cycle::header_size));
    const auto name = decoded->statement;
    if (m.duplicate) {
        // Refused for the transaction's sake before anything else is looked at, but for what ends it.
        if (exact_ || (link_.in_failed_transaction() && !m.what->known->exits_transaction))
            return pass(raw, {owed_kind::parse});
        // The server looks at the text before it looks at the name.
        ensure_prepared(*m.what);
        return provoke_error({sqlstate::duplicate_prepared_statement,
                              "prepared statement \"" + std::string(name) + "\" already exists"});
    }
    if (exact_ && !name.empty()) {
        link_.named.set(name, m.what->id);
        return pass(raw, {.kind = owed_kind::parse, .changes_names = m.changes_names, .of_client_name = true});
    }
    if (name.empty()) {
        link_.unnamed = m.what->id;
        link_.shapes.erase(m.what->id, true);
        return pass(raw, {.kind = owed_kind::parse, .changes_names = m.changes_names, .of_unnamed = true});
    }
    // In a failed transaction the server refuses Parse whatever its name, but of what ends it: let it say so.
    const bool refused = link_.in_failed_transaction() && !m.what->known->exits_transaction;
    if (!refused && link_.prepared.touch(m.what->id)) {
        link_.owed.push({owed_kind::parse, owed_act::make_up, 0, m.changes_names});
        link_.unsynced = true;
        return true;
    }
    const bool there = link_.prepared.touch(m.what->id);
    if (!there) {
        close_stale(*m.what);
        make_room();
    }
    frontend::append_parse(out_.own(), m.what->server_name(), m.what->text, m.what->parameter_types);
    link_.owed.push({owed_kind::parse, owed_act::forward, there ? 0 : m.what->id, m.changes_names});
    if (!there) link_.prepared.add(m.what->id);
    link_.unsynced = true;
    return true;
}

bool dispatcher::bind(const client_message& m, bytes_view raw) {
    const auto body = raw.substr(cycle::header_size);
    const auto decoded = frontend::decode_bind(body);
    if (!m.what) {
        if (would_find_foreign(decoded->statement))
            return provoke_error(no_such_statement(decoded->statement));
        ensure_absent(decoded->statement);
        return pass(raw, {owed_kind::bind});
    }
    if (m.changed_rows) return provoke_error(rows_changed());
    if (decoded->statement.empty()) {
        ensure_unnamed(*m.what);
        return pass(raw, {owed_kind::bind});
    }
    if (keeps_client_name(decoded->statement, *m.what)) {
        if (cannot_be_named(decoded->statement, *m.what)) return provoke_error(transaction_aborted());
        ensure_named(decoded->statement, *m.what);
        return pass(raw, {owed_kind::bind});
    }
    ensure_prepared(*m.what);
    const std::size_t names = decoded->portal.size() + decoded->statement.size() + 2;
    const std::size_t whole_body = load_u32(raw.data() + 1) - 4;
    frontend::append_bind_head(out_.own(), decoded->portal, m.what->server_name(),
                               whole_body - names);
    return pass(decoded->rest, {owed_kind::bind});
}

bool dispatcher::describe(const client_message& m, bytes_view raw) {
    const auto target = frontend::decode_target(raw.substr(cycle::header_size));
    if (target->kind == 'P')
        return pass(raw, {.kind = owed_kind::describe_portal,
                          .of_unnamed = m.of_unnamed,
                          .describes = m.what && !m.what->by_sql() ? m.what->id : 0});
    if (!m.what) {
        if (would_find_foreign(target->name)) return provoke_error(no_such_statement(target->name));
        ensure_absent(target->name);
        return pass(raw, {owed_kind::describe_statement});
    }
    if (target->name.empty()) {
        ensure_unnamed(*m.what);
        return pass(raw, {.kind = owed_kind::describe_statement, .of_unnamed = true, .describes = m.what->id});
    }
    if (keeps_client_name(target->name, *m.what)) {
        if (cannot_be_named(target->name, *m.what)) return provoke_error(transaction_aborted());
        ensure_named(target->name, *m.what);
        return pass(raw, {owed_kind::describe_statement});
    }
    ensure_prepared(*m.what);
    frontend::append_target(out_.own(), frontend::describe, 'S', m.what->server_name());
    link_.owed.push({.kind = owed_kind::describe_statement, .describes = m.what->id});
    link_.unsynced = true;
    return true;
}

bool dispatcher::close(const client_message& m, bytes_view raw) {
    const auto target = frontend::decode_target(raw.substr(cycle::header_size));
    if (target->kind == 'P') return pass(raw, {owed_kind::close});
    if (target->name.empty()) {
        link_.unnamed = 0;
        return pass(raw, {owed_kind::close, owed_act::forward, 0, m.changes_names});
    }
    const bool there = link_.named.find(target->name).has_value();
    if (!m.what && !there && !would_find_foreign(target->name)) return pass(raw, {owed_kind::close});
    if (m.what && there) {
        link_.named.close(target->name);
        return pass(raw, {.kind = owed_kind::close, .changes_names = m.changes_names, .of_client_name = true});
    }
    // It stays prepared on the connection, for the next session that sends the same text.
    link_.owed.push({owed_kind::close, owed_act::make_up, 0, m.changes_names});
    link_.unsynced = true;
    return true;
}

bool dispatcher::execute(const client_message& m, bytes_view raw) {
    const bool passed = run(m, raw);
    if (link_.in_failed_transaction() && m.what && m.what->known->exits_transaction) leave_failed_transaction();
    return passed;
}

bool dispatcher::run(const client_message& m, bytes_view raw) {
    owed_reply reply{.kind = owed_kind::execute, .changes_names = m.changes_names};
    if (m.what && m.what->by_sql()) return pass(raw, reply);
    if (m.what && m.what->known->kind == query::statement_kind::prepare) {
        return pass(raw, reply);
    }
    if (m.what && (m.what->known->kind == query::statement_kind::discard_all ||
                   deallocates_all(*m.what->known))) {
        reply.clears_prepared = true;
        link_.prepared.begin_clear();
        link_.named.doubt_all();
    } else if (m.runs_named) {
        link_.named.doubt_all();
        return pass(raw, reply);
    } else if (m.changes_names && exact_) {
        link_.named.doubt(m.what->known->name);
    } else if (m.changes_names) {
        // DEALLOCATE of a name that only Weir knows: nothing is run, the answer comes in its turn.
        reply.act = owed_act::make_up;
        link_.owed.push(reply);
        link_.unsynced = true;
        return true;
    }
    return pass(raw, reply);
}

bool dispatcher::message(const client_message& m, bytes_view raw) {
    if (link_.owed.skipping() && m.type != frontend::sync) return false;
    if (!m.uses.empty()) bring_names(m);
    switch (m.type) {
        case frontend::parse: return parse(m, raw);
        case frontend::bind: return bind(m, raw);
        case frontend::describe: return describe(m, raw);
        case frontend::close: return close(m, raw);
        case frontend::execute: return execute(m, raw);
        case frontend::query:
            link_.unnamed = 0;  // a simple Query destroys the unnamed statement
            link_.owed.push({owed_kind::query});
            link_.unsynced = false;  // its ReadyForQuery ends what was sent before it, too
            break;
        case frontend::function_call:
            link_.owed.push({owed_kind::function_call});
            link_.unsynced = false;
            break;
        case frontend::sync:
            link_.owed.push({owed_kind::sync});
            link_.unsynced = false;
            break;
        default: break;  // Flush and copy data: no reply of their own
    }
    out_.lend(raw);
    return true;
}

void dispatcher::sync_for_lost_query() {
    frontend::append_sync(out_.own());
    link_.owed.push({owed_kind::sync});
    link_.unsynced = false;
}

}  // namespace weir::session

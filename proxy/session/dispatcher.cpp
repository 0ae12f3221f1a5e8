#include "session/dispatcher.hpp"

#include "session/judge.hpp"
#include "wire/frontend.hpp"

namespace weir::session {
namespace {

namespace frontend = wire::frontend;

constexpr std::string_view impossible_name = "weir_0";  // ids begin with 1

fault no_such_statement(std::string_view name) {
    if (name.empty())
        return {sqlstate::invalid_statement_name, "unnamed prepared statement does not exist"};
    return {sqlstate::invalid_statement_name,
            "prepared statement \"" + std::string(name) + "\" does not exist"};
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
void dispatcher::make_room() {
    while (auto old = link_.prepared.evict(prepared_limit_ == 0 ? 0 : prepared_limit_ - 1)) {
        frontend::append_target(out_.own(), frontend::close, 'S',
                                statement::server_prefix + std::to_string(*old));
        link_.owed.push({owed_kind::close, owed_act::swallow, *old});
    }
}

void dispatcher::ensure_prepared(const statement& what) {
    if (link_.prepared.touch(what.id)) return;
    make_room();
    frontend::append_parse(out_.own(), what.server_name(), what.text, what.parameter_types);
    link_.owed.push({owed_kind::parse, owed_act::swallow, what.id});
    link_.prepared.add(what.id);
    link_.unsynced = true;
}

void dispatcher::begin(const statement& begin_text) {
    ensure_prepared(begin_text);
    static const bytes no_formats_no_values(6, '\0');
    frontend::append_bind_head(out_.own(), "", begin_text.server_name(),
                               no_formats_no_values.size());
    out_.own().append(no_formats_no_values);
    link_.owed.push({owed_kind::bind, owed_act::swallow});
    frontend::append_execute(out_.own(), "", 0);
    link_.owed.push({.kind = owed_kind::execute, .act = owed_act::swallow, .begins = true});
    link_.unsynced = true;
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
    link_.unsynced = true;
}

bool dispatcher::parse(const client_message& m, bytes_view raw) {
    const auto decoded = frontend::decode_parse(raw.substr(cycle::header_size));
    const auto name = decoded->statement;
    if (m.duplicate) {
        // The server looks at the text before it looks at the name.
        ensure_prepared(*m.what);
        return provoke_error({sqlstate::duplicate_prepared_statement,
                              "prepared statement \"" + std::string(name) + "\" already exists"});
    }
    if (name.empty()) {
        link_.unnamed = m.what->id;
        return pass(raw, {owed_kind::parse, owed_act::forward, 0, m.changes_names});
    }
    // In a failed transaction the server refuses Parse whatever its name: let it say so.
    const bool failed = link_.status == wire::backend::transaction_status::failed;
    if (!failed && link_.prepared.touch(m.what->id)) {
        link_.owed.push({owed_kind::parse, owed_act::make_up, 0, m.changes_names});
        link_.unsynced = true;
        return true;
    }
    const bool there = link_.prepared.touch(m.what->id);
    if (!there) make_room();
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
        return pass(raw, {owed_kind::bind});
    }
    if (decoded->statement.empty()) {
        ensure_unnamed(*m.what);
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
    if (target->kind == 'P') return pass(raw, {owed_kind::describe_portal});
    if (!m.what) {
        if (would_find_foreign(target->name)) return provoke_error(no_such_statement(target->name));
        return pass(raw, {owed_kind::describe_statement});
    }
    if (target->name.empty()) {
        ensure_unnamed(*m.what);
        return pass(raw, {owed_kind::describe_statement});
    }
    ensure_prepared(*m.what);
    frontend::append_target(out_.own(), frontend::describe, 'S', m.what->server_name());
    link_.owed.push({owed_kind::describe_statement});
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
    if (!m.what && !would_find_foreign(target->name)) return pass(raw, {owed_kind::close});
    // It stays prepared on the connection, for the next session that sends the same text.
    link_.owed.push({owed_kind::close, owed_act::make_up, 0, m.changes_names});
    link_.unsynced = true;
    return true;
}

bool dispatcher::execute(const client_message& m, bytes_view raw) {
    owed_reply reply{.kind = owed_kind::execute, .changes_names = m.changes_names};
    if (m.what && (m.what->known->kind == query::statement_kind::discard_all ||
                   deallocates_all(*m.what->known))) {
        reply.clears_prepared = true;
        link_.prepared.begin_clear();
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

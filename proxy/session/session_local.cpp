// What a session answers itself: transaction control while no node has seen the BEGIN, statements that
// only concern names which Weir keeps, and cycles in which nothing is left to ask.
#include <utility>

#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;
namespace backend = wire::backend;
using query::statement_kind;

namespace {

/// Into the unnamed portal, and no values: anything else is the server's to refuse, or leaves a portal.
bool binds_nothing(const statement& what, bytes_view body) {
    const auto bind = frontend::decode_bind(body);
    const auto counts = bind ? frontend::count_bound(bind->rest) : std::nullopt;
    return counts && bind->portal.empty() && counts->values == 0 && counts->formats <= 1 &&
           what.parameter_types == bytes_view("\0\0", 2);
}

}  // namespace

void session::reply_locally(const local_reply& what, actions& out) {
    auto& to = out.client.own();
    const std::string_view tag = what.tag;
    const auto describe = [&] {
        if (what.columns.empty()) return backend::append_no_data(to);
        backend::append_text_row_description(to, what.columns);
    };
    const auto answer = [&] {
        for (const auto& row : what.rows) backend::append_text_row(to, row);
        if (tag.empty()) return backend::append_message(to, backend::empty_query_response, {});
        backend::append_command_complete(to, tag);
    };
    const auto ready = [&] {
        if (std::exchange(back_at_start_, false)) tell_start_parameters(to);
        backend::append_ready(to, tx_.told());
    };
    for (const auto& m : cycle_->messages()) {
        switch (m.type) {
            case frontend::query:
                if (!what.columns.empty()) describe();
                answer();
                ready();
                break;
            case frontend::parse: backend::append_parse_complete(to); break;
            case frontend::bind: backend::append_bind_complete(to); break;
            case frontend::close: backend::append_close_complete(to); break;
            case frontend::describe:
                // No parameters.
                if (cycle_->body(m).starts_with('S'))
                    backend::append_message(to, backend::parameter_description, bytes_view("\0\0", 2));
                describe();
                break;
            case frontend::execute: answer(); break;
            case frontend::sync: ready(); break;
            default: break;
        }
    }
    if (extended_ && judged_.simple) extended_->names.forget_unnamed();
    if (extended_)
        while (extended_->names.has_unsettled()) extended_->names.settle_oldest();
    if (counters_ != nullptr) counters_->count_local();
    drop_cycle(out);
    phase_ = phase::ready;
    end_if_drained(out);
}

bool session::only_closes_and_syncs() const {
    for (const auto& m : cycle_->messages())
        if (m.type != frontend::sync && m.type != frontend::flush && m.type != frontend::close)
            return false;
    return true;
}

bool session::binds_and_runs_nothing() const {
    for (const auto& m : cycle_->messages())
        if (m.type != frontend::sync && m.type != frontend::flush && m.type != frontend::close &&
            m.type != frontend::parse && m.type != frontend::describe)
            return false;
    return true;
}

/// Of all that a Parse depends on, as far as Weir sees it.
std::uint64_t session::parse_key(const statement& what) const {
    constexpr std::uint64_t factor = 0x9e3779b97f4a7c15u;
    const std::hash<std::string_view> hash;
    std::uint64_t key = statement_store::table_changes();
    const auto add = [&](std::uint64_t part) { key = (key ^ part) * factor + (key >> 29); };
    add(hash(who_->user));
    add(hash(who_->database));
    for (const auto& p : who_->parameters) {
        add(hash(p.name));
        add(hash(p.value));
    }
    add(digest_of(settings_));
    add(hash(what.text));
    add(hash(what.parameter_types));
    return key;
}

void session::note_proved_parses(instant now) {
    for (const auto& m : cycle_->messages())
        if (m.type == frontend::parse && m.changes_names && m.what && !cycle_->body(m).starts_with('\0'))
            env_.proved.note(parse_key(*m.what), now);
}

/// Nothing but Parse under names, each of a statement that a server has taken lately.
bool session::parses_what_is_proved(instant now) const {
    if (cycle_->last_type() != frontend::sync) return false;
    for (const auto& m : cycle_->messages()) {
        if (m.type == frontend::sync) continue;
        if (m.type != frontend::parse || m.duplicate || !m.what || !m.uses.empty() ||
            cycle_->body(m).starts_with('\0') || !env_.proved.hold(parse_key(*m.what), now))
            return false;
    }
    return true;
}

/// One statement is executed, and no message is about another one: what Weir answers in its place
/// leaves nothing unsaid.
bool session::concerns_one_statement() const {
    const auto* text = judged_.single_text.data();
    if (!judged_.executes || text == nullptr) return false;
    for (const auto& m : cycle_->messages()) {
        if (m.type == frontend::bind && m.what && !binds_nothing(*m.what, cycle_->body(m))) return false;
        if (m.type == frontend::describe && cycle_->body(m).starts_with('P')) {
            const auto what = extended_->open.find(frontend::decode_target(cycle_->body(m))->name);
            if (!what || what->text.data() != text) return false;
        } else if (m.type == frontend::parse || m.type == frontend::bind ||
                   m.type == frontend::describe) {
            if (m.duplicate || !m.what || m.what->text.data() != text) return false;
        }
    }
    return true;
}

bool session::answer_locally(instant now, actions& out) {
    if (answer_own_statement(now, out)) return true;
    const bool alone = concerns_one_statement();
    if (link_ != nullptr && !lease_is_free()) {
        // Between two cycles of a transaction, a name that only Weir knows can be given up, too.
        const bool between = !link_->unsynced && !link_->owed.skipping() &&
                             !link_->in_failed_transaction();
        return between && alone && judged_.simple && !judged_.what->name.empty() && answer_deallocate(out);
    }
    if (only_closes_and_syncs()) {
        reply_locally("", out);
        return true;
    }
    if (answer_transaction_control(now, out)) return true;
    if (!alone || tx_.is() == transaction::state::failed) return false;
    if (judged_.what->kind == statement_kind::empty && judged_.simple) {
        reply_locally("", out);
        return true;
    }
    return answer_reset(out) || answer_deallocate(out);
}

/// A session without a connection goes back to its start without one. Its identity is the server's matter.
bool session::answer_reset(actions& out) {
    const auto& f = *judged_.what;
    const bool all = f.kind == statement_kind::discard_all;
    if ((!all && !f.clears_settings) || tx_.is() != transaction::state::none) return false;
    if (cycle_->last_type() == frontend::flush) return false;
    if (find(settings_, usual::role) != nullptr || find(settings_, usual::session_authorization) != nullptr)
        return false;
    if (all && judged_.simple) extended().names.remove_all();
    back_at_start_ = true;
    own_ = start_;
    back_to_start();
    reply_locally(all ? "DISCARD ALL" : "RESET", out);
    return true;
}

bool session::answer_transaction_control(instant now, actions& out) {
    const auto& f = *judged_.what;
    const bool alone = concerns_one_statement();
    const bool ends = f.kind == statement_kind::commit || f.kind == statement_kind::rollback;
    if (tx_.is() == transaction::state::failed) {
        if (alone && ends) {
            tx_.ended();
            local_ = {};
            reply_locally("ROLLBACK", out);
        } else {
            fail_cycle({sqlstate::in_failed_transaction,
                        "current transaction is aborted, commands ignored until end of transaction "
                        "block"},
                       now, out);
        }
        return true;
    }
    // A cycle that ends in Flush may go on with more statements: nothing is deferred there.
    if (!alone || cycle_->last_type() == frontend::flush) return false;
    if (f.kind == statement_kind::begin && tx_.is() == transaction::state::none) {
        tx_.defer(judged_.single_text, judged_.what);
        reply_locally(f.start_transaction ? "START TRANSACTION" : "BEGIN", out);
        return true;
    }
    if (f.sets_modes && tx_.is() == transaction::state::deferred) {
        tx_.amend(judged_.single_text, f);
        reply_locally("SET", out);
        return true;
    }
    if (ends && !f.chain && tx_.is() == transaction::state::deferred) {
        tx_.ended();
        local_ = {};
        reply_locally(f.kind == statement_kind::commit ? "COMMIT" : "ROLLBACK", out);
        return true;
    }
    return false;
}

bool session::answer_deallocate(actions& out) {
    const auto& f = *judged_.what;
    if (f.kind != statement_kind::deallocate) return false;
    // The names of protocol statements are Weir's: no node knows them. (Statements of SQL PREPARE
    // keep a lease, and with a lease DEALLOCATE ALL is not answered here.)
    if (judged_.simple) {
        auto& names = extended().names;
        if (f.name.empty()) {
            names.remove_all();
        } else if (names.find(f.name)) {
            names.remove(f.name);
        } else {
            return false;
        }
    } else {
        bool known = false;
        for (const auto& m : cycle_->messages())
            known = known || (m.type == frontend::execute && m.changes_names);
        if (!known) return false;
    }
    reply_locally(f.name.empty() ? "DEALLOCATE ALL" : "DEALLOCATE", out);
    return true;
}

}  // namespace weir::session

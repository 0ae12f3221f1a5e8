#include "session/backend_link.hpp"

#include "wire/frontend.hpp"

namespace weir::session {

void backend_link::note(char type, bytes_view body) {
    if (type == wire::backend::ready_for_query) {
        // A status that cannot be read is no reason to think that nothing is open.
        auto s = wire::backend::decode_ready(body);
        left_failed = false;
        status = s ? *s : wire::backend::transaction_status::failed;
    } else if (type == wire::backend::parameter_status) {
        if (auto p = wire::backend::decode_parameter(body))
            parameters.insert_or_assign(std::string(p->name), std::string(p->value));
    }
}

void backend_link::take_back_dropped() {
    const auto& dropped = owed.dropped();
    for (auto d = dropped.rbegin(); d != dropped.rend(); ++d) {
        if (d->clears_prepared) prepared.take_back_clear();
        if (d->of_client_name && d->kind == owed_kind::close) named.closed(false);
        if (d->of_client_name || d->clears_prepared) named.doubt_all();
        if (d->statement == 0) continue;
        if (d->kind == owed_kind::close) {
            prepared.add(d->statement);
        } else {
            prepared.remove(d->statement);
            shapes.erase(d->statement, false);
        }
    }
    unnamed = 0;
    drew_sequence = drew_sequence || !dropped.empty();
}

void backend_link::begin_cleaning(const give_back& how, bytes& out) {
    const bool copying = owed.copy_in();
    owed.swallow_all();
    if (copying) {
        // CopyFail ends the copy with an error, which is swallowed like all that is owed.
        bytes reason("the client went away", 21);
        wire::backend::append_message(out, wire::frontend::copy_fail, reason);
    }
    own_questions_ = 0;
    named.forget_closing();
    if (unsynced || owed.skipping() || copying || how.sync) {
        wire::frontend::append_sync(out);
        owed.push({owed_kind::sync, owed_act::swallow});
        unsynced = false;
    }
    if (how.roll_back) ask("ROLLBACK", out);
    if (how.discard) {
        ask("DISCARD ALL", out);
        prepared.clear();
        named.clear();
        shapes.clear();
        drew_sequence = false;
    }
}

void backend_link::ask(std::string_view sql, bytes& out) {
    wire::frontend::append_query(out, sql);
    owed.push({owed_kind::query, owed_act::swallow});
    ++own_questions_;
    unnamed = 0;
}

result<bool> backend_link::on_cleaning_bytes(bytes_view in) {
    for (;;) {
        auto piece = splitter.next(in);
        if (!piece) return piece.error();
        if (!*piece) break;
        const auto& p = **piece;
        if (!p.first) continue;
        auto verdict = owed.on_message(p.type);
        if (!verdict) return verdict.error();
        if (p.type == wire::backend::error_response) {
            // What was given back in the middle may fail; what Weir itself asks for must not.
            take_back_dropped();
            if (owed.size() <= own_questions_)
                return fault{sqlstate::internal_error, "the clean-up of the connection failed"};
            auto e = wire::backend::decode_error(p.body);
            if (!e || e->severity == "FATAL" || e->severity == "PANIC")
                return fault{sqlstate::connection_failure, "the server ended the connection"};
        }
        note(p.type, p.body);
        if (p.type == wire::backend::ready_for_query && own_questions_ > owed.size())
            own_questions_ = owed.size();
    }
    if (!owed.empty()) return false;
    if (!may_be_lent())
        return fault{sqlstate::internal_error, "the connection could not be brought to a clean state"};
    return true;
}

}  // namespace weir::session

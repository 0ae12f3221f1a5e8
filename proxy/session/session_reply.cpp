// The reply half of session: backend bytes -> client, through the replies that are owed.
#include <algorithm>
#include <utility>

#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace backend = wire::backend;
using query::pin_cause;

namespace {

constexpr std::string_view plan_changed = "RevalidateCachedQuery";

/// From here on the replica has begun to answer for good: not with a BEGIN, which can be said elsewhere, too.
bool ends_holding_back(const wire::frame_piece& piece) {
    switch (piece.type) {
        case backend::command_complete: {
            const auto tag = backend::decode_tag(piece.body);
            return !tag || (*tag != "BEGIN" && *tag != "START TRANSACTION");
        }
        case backend::data_row:
        case backend::empty_query_response:
        case backend::portal_suspended:
        case backend::copy_out_response:
        case backend::copy_in_response:
        case backend::ready_for_query: return true;
        default: return false;
    }
}

/// The server ends, and this connection with it.
bool goes_down(const backend::error_fields& error) {
    return error.severity == "FATAL" && error.sqlstate.substr(0, 4) == "57P0";
}

}  // namespace

void session::on(const backend_bytes& e, instant now, actions& out) {
    auto in = e.data;
    while (link_ != nullptr) {
        auto piece = link_->splitter.next(in);
        if (!piece) {
            lose_backend(piece.error(), now, out);
            break;
        }
        if (!*piece) break;
        on_piece(**piece, e.data, now, out);
        if (phase_ == phase::closed) break;
        if (retry_same_) {
            out.backend_rest = {};
            retry_elsewhere(now, out);
            return finish_event(now, out);
        }
        if (std::exchange(settle_wanted_, false)) {
            out.backend_rest = {};
            settle_commit(now, out);
            return finish_event(now, out);
        }
        if (std::exchange(replica_gone_, false)) {
            out.backend_rest = {};
            go_on_elsewhere(now, out);
            return finish_event(now, out);
        }
        if (retry_wanted_) {
            out.backend_rest = in;
            retry_on_primary(routing::reason::replica_refused, now, out);
            return finish_event(now, out);
        }
    }
    out.backend_rest = in;
    if (link_ != nullptr && link_->owed.empty() && phase_ == phase::preparing) on_prepared(now, out);
    if (link_ != nullptr && link_->owed.empty() && phase_ == phase::inspecting) on_inspected(now, out);
    if (phase_ == phase::running) finish_cycle(now, out);
    take_backlog(now, out);
    finish_event(now, out);
}

void session::on_piece(const wire::frame_piece& piece, bytes_view input, instant now,
                       actions& out) {
    if (!piece.first) {
        if (current_act_ == owed_act::forward) forward(piece, input, out);
        if (current_act_ == owed_act::inspect) read_inspection(piece, now, out);
        return;
    }
    // Most of what a server sends; nothing is learnt from it once the first has been told.
    if (piece.type == backend::data_row && !hold_back_ && !untouched_ && copy_left_ == 0 && link_->owed.rows_pass()) {
        current_act_ = owed_act::forward;
        return lend_or_copy(piece.raw, input, out.client);
    }
    auto verdict = link_->owed.on_message(piece.type);
    if (!verdict) return lose_backend(verdict.error(), now, out);
    if (piece.type == backend::ready_for_query) {
        if (auto status = backend::decode_ready(piece.body); !status)
            return lose_backend(status.error(), now, out);
    }
    current_act_ = verdict->act;
    end_copy_message(out);
    const bool may_come_at_any_time = piece.type == backend::notice_response ||
                                      piece.type == backend::parameter_status ||
                                      piece.type == backend::notification_response;
    if (!may_come_at_any_time && !verdict->failed && std::exchange(untouched_, false) && !hold_back_)
        stop_holding_back(out);
    if (verdict->failed) note_state_of_node(piece, out);
    if (verdict->failed && on_error_piece(piece, *verdict, out)) return;
    link_->note(piece.type, piece.body);
    // What others notify is the client's, whatever is going on.
    if (piece.type == backend::notification_response) current_act_ = owed_act::forward;
    if (current_act_ == owed_act::inspect) return read_inspection(piece, now, out);
    if (piece.type == backend::parameter_status) {
        // Told with the next ReadyForQuery, or now where none is owed.
        current_act_ = owed_act::swallow;
        if (link_->owed.empty() && phase_ != phase::inspecting) tell_parameters(out.client.own());
    }
    if (piece.type == backend::command_complete) {
        if (auto tag = backend::decode_tag(piece.body)) {
            on_tag(*tag, verdict->done.has_value());
            if (current_act_ == owed_act::forward) note_rows(*tag, verdict->done.has_value());
        }
    }
    if (piece.type == backend::copy_in_response || piece.type == backend::copy_both_response)
        send_early_copy(out);
    if (piece.type == backend::copy_in_response && !judged_.simple) {
        // The Syncs that came behind the Execute are void; the client sends another (FACTS 19).
        streaming_ = true;
        ended_ = false;
    }
    if (hold_back_ && current_act_ == owed_act::forward && ends_holding_back(piece)) stop_holding_back(out);
    if (piece.type == backend::ready_for_query && current_act_ == owed_act::forward) {
        tell_ready(piece, input, out);
    } else if (current_act_ == owed_act::forward) {
        forward(piece, input, out);
    }
    if (verdict->done) {
        note_shape(*verdict->done, piece);
        on_answered(*verdict->done);
    }
    make_up_replies(out);
}

void session::tell_ready(const wire::frame_piece& piece, bytes_view input, actions& out) {
    tell_parameters(out.client.own());
    end_told_ = false;
    if (begin_failed_) {
        // To the server there is no transaction, to the client there is one, and it has failed.
        backend::append_ready(out.client.own(), backend::transaction_status::failed);
    } else {
        forward(piece, input, out);
    }
}

/// An answer to Weir's own question about the lease.
void session::read_inspection(const wire::frame_piece& piece, instant now, actions& out) {
    if (phase_ == phase::preparing && commit_) {
        if (auto read = commit_->on_piece(piece); !read) lose_backend(read.error(), now, out);
        return;
    }
    if (phase_ == phase::preparing) return read_audit(piece);
    if (piece.type != backend::data_row || !inspection_) return;
    if (auto read = inspection_->on_row(piece); !read) lose_backend(read.error(), now, out);
}

/// True: the message has been dealt with.
bool session::on_error_piece(const wire::frame_piece& piece, owed_verdict& verdict, actions& out) {
    auto error = backend::decode_error(piece.body);
    if (phase_ == phase::preparing || phase_ == phase::inspecting) {
        if (!prepare_failed_ && error)
            prepare_failed_ = fault{std::string(error->sqlstate), std::string(error->message)};
        link_->take_back_dropped();
        return true;
    }
    if (goes_on_elsewhere()) {
        replica_gone_ = true;
        return true;
    }
    if (untouched_ && error &&
        (error->sqlstate == sqlstate::idle_session_timeout || (goes_down(*error) && may_run_again()))) {
        retry_same_ = true;
        return true;
    }
    if (error && (error->severity == "FATAL" || error->severity == "PANIC") && can_settle()) {
        settle_wanted_ = true;
        return true;
    }
    link_->take_back_dropped();
    // What Weir brought on its own, in a transaction of its own, is nothing to the client.
    const auto& dropped = link_->owed.dropped();
    if (verdict.act == owed_act::swallow && !dropped.empty() &&
        std::all_of(dropped.begin(), dropped.end(), [](const auto& d) { return d.message == 0; }))
        return true;
    error_told_ = true;
    if (link_->status == backend::transaction_status::idle) forget_reset();
    const bool cancelled = error && error->sqlstate == sqlstate::query_canceled;
    if (error && error->sqlstate == sqlstate::feature_not_supported && error->routine == plan_changed)
        forget_plans();
    if (hold_back_ && !cancelled && verdict.act != owed_act::swallow) {
        // Whatever a replica refuses before its first row, the primary is asked: its answer counts
        // (FACTS 10). Names stay as they are, the same messages are sent again.
        retry_wanted_ = true;
        if (error) learn_refusal(*error);
        return true;
    }
    stop_holding_back(out);
    for (const auto& d : dropped) begin_failed_ = begin_failed_ || d.begins;
    if (extended_) {
        extended_->names.undo_all();
        // A Parse of the unnamed statement that fails has put an end to the last one (FACTS 18).
        if (!dropped.empty() && dropped.front().kind == owed_kind::parse && dropped.front().of_unnamed &&
            dropped.front().act == owed_act::forward)
            extended_->names.forget_unnamed();
    }
    if (error && error->sqlstate == sqlstate::syntax_error) syntax_error_ = true;
    if (error && (error->severity == "FATAL" || error->severity == "PANIC")) fatal_told_ = true;
    if (error && judged_.recalls_sequence && !env_.rules_in_force->keeps_sequences &&
        current_act_ == owed_act::forward && error->sqlstate == sqlstate::object_not_in_state) {
        backend::append_error(out.client.own(), "ERROR",
                              {std::string(error->sqlstate), std::string(error->message), "", sequence_hint});
    } else if (cancelled && cancelled_for_ != run_limit::none && current_act_ == owed_act::forward) {
        backend::append_error(out.client.own(), "ERROR", why_cancelled());
    } else if (verdict.act == owed_act::replace_error && stand_in_) {
        backend::append_error(out.client.own(), "ERROR", *stand_in_);
    } else if (current_act_ == owed_act::forward) {
        append_with_own_names(piece, out.client.own());
    }
    if (link_->owed.lost_query()) {
        dispatcher to(*link_, out.backend, env_.rules_in_force->prepared_per_backend);
        to.sync_for_lost_query();
    }
    return true;
}

void session::on_answered(const owed_reply& done) {
    // So does a Query, whatever becomes of it.
    if (done.kind == owed_kind::query && done.act == owed_act::forward && extended_)
        extended_->names.forget_unnamed();
    if (done.of_client_name && done.kind == owed_kind::close) link_->named.closed(true);
    if (done.clears_prepared) {
        link_->prepared.settle_clear();
        link_->shapes.clear();
    }
    if (!done.changes_names || !extended_) return;
    // What a replica took counts only once the client is told: the primary may yet be asked instead.
    if (hold_back_ || untouched_) {
        ++held_names_;
    } else {
        extended_->names.settle_oldest();
    }
}

/// An error that names a statement names it as the client does.
void session::append_with_own_names(const wire::frame_piece& piece, bytes& to) const {
    const auto& dropped = link_->owed.dropped();
    const std::uint32_t number = dropped.empty() ? 0 : dropped.front().message;
    if (!cycle_ || number == 0 || piece.body.find(statement::server_prefix) == bytes_view::npos) {
        to.append(piece.raw);
        return;
    }
    const auto& m = cycle_->messages()[number - 1];
    const bool by_name = m.type == wire::frontend::bind || m.type == wire::frontend::describe ||
                         m.type == wire::frontend::parse;
    const auto theirs = m.what && by_name ? '"' + m.what->server_name() + '"' : std::string();
    const auto at = theirs.empty() ? bytes_view::npos : piece.body.find(theirs);
    bytes body(piece.body);
    if (at != bytes_view::npos) body.replace(at, theirs.size(), '"' + name_of(m) + '"');
    backend::append_message(to, piece.type, body);
}

std::string session::name_of(const client_message& m) const {
    const auto body = cycle_->body(m);
    if (m.type == wire::frontend::bind) return std::string(wire::frontend::decode_bind(body)->statement);
    if (m.type == wire::frontend::parse) return std::string(wire::frontend::decode_parse(body)->statement);
    return std::string(wire::frontend::decode_target(body)->name);
}

/// A session knows itself by the pid that Weir told it, not by its connection's (FACTS 20).
bool session::forward_own_notification(const wire::frame_piece& piece, actions& out) {
    if (piece.type != backend::notification_response || !piece.complete() || piece.body.size() < 4 ||
        load_u32(piece.body.data()) != link_->server_pid)
        return false;
    bytes body(piece.body);
    store_u32(body.data(), pid_);
    backend::append_message(hold_back_ ? held_ : out.client.own(), piece.type, body);
    return true;
}

void session::forward(const wire::frame_piece& piece, bytes_view input, actions& out) {
    if (forward_own_notification(piece, out)) return;
    if (hold_back_) {
        held_.append(piece.raw);
    } else {
        lend_or_copy(piece.raw, input, out.client);
    }
}

void session::stop_holding_back(actions& out) {
    if (!std::exchange(hold_back_, false) && held_.empty() && held_names_ == 0) return;
    out.client.own().append(held_);
    held_.clear();
    if (extended_) extended_->told.take(extended_->held_back);
    for (; held_names_ > 0; --held_names_) extended_->names.settle_oldest();
}

void session::make_up_replies(actions& out) {
    while (auto reply = link_->owed.take_made_up()) {
        // Nor does the client hear of it before the server has answered: it may yet be asked again.
        auto& to = hold_back_ || untouched_ ? held_ : out.client.own();
        if (reply->kind == owed_kind::parse) {
            backend::append_parse_complete(to);
        } else if (reply->kind == owed_kind::execute) {
            backend::append_command_complete(to, "DEALLOCATE");
        } else {
            backend::append_close_complete(to);
        }
        on_answered(*reply);
    }
}

void session::finish_cycle(instant now, actions& out) {
    if (phase_ != phase::running || !ended_ || !link_->owed.empty() || waits_for_copy_rest()) return;
    stop_holding_back(out);
    account(now, out);
    deadline_ = never;
    const auto& f = *judged_.what;
    if (!error_told_ && (f.kind == query::statement_kind::discard_all || f.clears_settings))
        own_ = start_;
    if (judged_.executes && f.writes_position) tx_.note_write();
    if (judged_.executes && query::shows_data(f)) tx_.note_read();
    if (lease_is_replica_ && f.read_only) floor_.after_replica_read(lease_node_, now);
    if (judged_.begin && tx_.is() == transaction::state::none) tx_.begin_was_sent(judged_.begin_text, judged_.begin);
    if (judged_.keeps_portal) tx_.note_portal();
    note_leavings();
    if (!error_told_ && !streaming_) note_proved_parses(now);
    drop_cycle(out);
    phase_ = phase::ready;
    if (link_->unsynced || link_->owed.skipping()) return;
    if (link_->status == backend::transaction_status::idle) {
        after_transaction(out);
        if (begin_failed_) tx_.failed_to_begin();
        begin_failed_ = false;
        rest(now, out);
    } else if (tx_.is() != transaction::state::open) {
        tx_.opened();
    }
}

}  // namespace weir::session

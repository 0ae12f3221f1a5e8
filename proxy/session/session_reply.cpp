// The reply half of session: backend bytes -> client, through the replies that are owed.
#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace backend = wire::backend;
using query::pin_cause;

namespace {

/// From here on the replica has begun to answer for good.
bool ends_holding_back(char type) {
    switch (type) {
        case backend::data_row:
        case backend::command_complete:
        case backend::empty_query_response:
        case backend::portal_suspended:
        case backend::copy_out_response:
        case backend::copy_in_response:
        case backend::ready_for_query: return true;
        default: return false;
    }
}

bool tells_role(const wire::frame_piece& piece) {
    if (piece.type != backend::parameter_status) return false;
    const auto parameter = backend::decode_parameter(piece.body);
    return parameter && parameter->name == role_parameter;
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
        if (retry_wanted_) {
            out.backend_rest = in;
            retry_on_primary(routing::reason::replica_refused, now, out);
            return finish_event(now, out);
        }
    }
    out.backend_rest = in;
    if (phase_ == phase::running) finish_cycle(now, out);
    take_backlog(now, out);
    finish_event(now, out);
}

void session::on_piece(const wire::frame_piece& piece, bytes_view input, instant now,
                       actions& out) {
    if (!piece.first) {
        if (current_act_ == owed_act::forward) forward(piece, input, out);
        return;
    }
    auto verdict = link_->owed.on_message(piece.type);
    if (!verdict) return lose_backend(verdict.error(), now, out);
    if (piece.type == backend::ready_for_query) {
        if (auto status = backend::decode_ready(piece.body); !status)
            return lose_backend(status.error(), now, out);
    }
    current_act_ = verdict->act;
    if (verdict->failed && on_error_piece(piece, *verdict, out)) return;
    link_->note(piece.type, piece.body);
    if (tells_role(piece)) current_act_ = owed_act::swallow;
    if (piece.type == backend::command_complete) {
        if (auto tag = backend::decode_tag(piece.body)) on_tag(*tag, verdict->done.has_value());
    }
    if (piece.type == backend::copy_in_response) copy_over_ = false;
    if (piece.type == backend::copy_in_response && !judged_.simple) {
        // The Syncs that came behind the Execute are void; the client sends another (FACTS 19).
        streaming_ = true;
        ended_ = false;
    }
    if (hold_back_ && ends_holding_back(piece.type)) stop_holding_back(out);
    if (piece.type == backend::ready_for_query && begin_failed_ && current_act_ == owed_act::forward) {
        // To the server there is no transaction, to the client there is one, and it has failed.
        backend::append_ready(out.client.own(), backend::transaction_status::failed);
    } else if (current_act_ == owed_act::forward) {
        forward(piece, input, out);
    }
    if (verdict->done) on_answered(*verdict->done);
    make_up_replies(out);
}

/// True: the message has been dealt with.
bool session::on_error_piece(const wire::frame_piece& piece, owed_verdict& verdict, actions& out) {
    auto error = backend::decode_error(piece.body);
    const bool cancelled = error && error->sqlstate == sqlstate::query_canceled;
    link_->take_back_dropped();
    if (hold_back_ && !cancelled && verdict.act != owed_act::swallow) {
        // Whatever a replica refuses before its first row, the primary is asked: its answer counts
        // (FACTS 10). Names stay as they are, the same messages are sent again.
        retry_wanted_ = true;
        return true;
    }
    stop_holding_back(out);
    for (const auto& d : link_->owed.dropped()) begin_failed_ = begin_failed_ || d.begins;
    if (extended_) extended_->names.undo_all();
    if (error && error->sqlstate == sqlstate::syntax_error) syntax_error_ = true;
    if (error && (error->severity == "FATAL" || error->severity == "PANIC")) fatal_told_ = true;
    if (verdict.act == owed_act::replace_error && stand_in_) {
        const bool in_failed = link_->status == backend::transaction_status::failed;
        backend::append_error(out.client.own(), "ERROR",
                              in_failed ? fault{std::string(error->sqlstate), std::string(error->message)}
                                        : *stand_in_);
    } else if (current_act_ == owed_act::forward) {
        out.client.own().append(piece.raw);
    }
    if (link_->owed.lost_query()) {
        dispatcher to(*link_, out.backend, env_.rules_in_force->prepared_per_backend);
        to.sync_for_lost_query();
    }
    return true;
}

void session::on_answered(const owed_reply& done) {
    if (done.clears_prepared) link_->prepared.settle_clear();
    if (!done.changes_names || !extended_) return;
    // What a replica took counts only once the client is told: the primary may yet be asked instead.
    if (hold_back_) {
        ++held_names_;
    } else {
        extended_->names.settle_oldest();
    }
}

/// by_execute: of an Execute, which was known for what it is when it was sent; else of a Query.
void session::on_tag(bytes_view tag, bool by_execute) {
    if (current_act_ != owed_act::forward) return;
    // The server says that these are gone: so are Weir's own, and the reason to keep the lease.
    if (tag == "DISCARD ALL") {
        pins_ = pin_cause::none;
    } else if (tag == "DEALLOCATE ALL") {
        pins_ = static_cast<pin_cause>(static_cast<unsigned>(pins_) &
                                       ~static_cast<unsigned>(pin_cause::sql_prepare));
    } else {
        return;
    }
    if (by_execute) return;
    link_->prepared.clear();
    if (extended_) {
        extended_->names.remove_all();
        extended_->names.settle_oldest();
    }
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
    if (!hold_back_) return;
    hold_back_ = false;
    out.client.own().append(held_);
    held_.clear();
    for (; held_names_ > 0; --held_names_) extended_->names.settle_oldest();
}

void session::make_up_replies(actions& out) {
    while (auto reply = link_->owed.take_made_up()) {
        auto& to = hold_back_ ? held_ : out.client.own();
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

void session::lose_backend(const fault& why, instant now, actions& out) {
    if (hold_back_ && phase_ == phase::running) {
        return retry_on_primary(routing::reason::replica_lost, now, out);
    }
    give_lease_back({.close = true}, out);
    if (fatal_told_) {
        end(out);
    } else {
        end_with(why, out);
    }
}

void session::on(const backend_closed&, instant now, actions& out) {
    if (link_ == nullptr || phase_ == phase::closed) return finish_event(now, out);
    out.probe = lease_node_;
    lose_backend({sqlstate::connection_failure, "the connection to the server was lost",
                  "The node closed the connection while this session was using it; if a statement "
                  "was under way, its outcome is unknown.",
                  "Connect again and check what was done before repeating it."},
                 now, out);
    finish_event(now, out);
}

void session::account(instant now, actions&) {
    if (counters_ == nullptr || !judged_.executes) return;
    counters_->count({lease_node_, lease_is_replica_, judged_.what->read_only, why_, now - began_});
}

void session::after_transaction(actions& out) {
    const bool wrote = tx_.wrote();
    tx_.ended();
    if (extended_) extended_->open.clear();
    if (wrote && !lease_is_replica_) out.ask_position = floor_.after_write();
}

void session::finish_cycle(instant now, actions& out) {
    if (phase_ != phase::running || !ended_ || !link_->owed.empty()) return;
    stop_holding_back(out);
    account(now, out);
    const auto& f = *judged_.what;
    if (judged_.executes && f.writes_position) tx_.note_write();
    if (lease_is_replica_ && f.read_only) floor_.after_replica_read(lease_node_, now);
    pins_ = pins_ | judged_.pins;
    // Text that Weir's grammar does not know may have left anything behind, but where it is a mistake.
    if (judged_.unread > (syntax_error_ ? 1u : 0u)) pins_ = pins_ | pin_cause::procedural;
    drop_cycle(out);
    phase_ = phase::ready;
    if (link_->unsynced || link_->owed.skipping()) return;
    if (link_->status == backend::transaction_status::idle) {
        after_transaction(out);
        if (begin_failed_) tx_.failed_to_begin();
        begin_failed_ = false;
        if (!query::any(pins_)) {
            if (link_->may_be_lent()) {
                give_lease_back({}, out);
            } else {
                give_lease_back({.close = true}, out);
            }
        }
        end_if_drained(out);
    } else if (tx_.is() == transaction::state::none) {
        tx_.opened();
    }
}

}  // namespace weir::session

// The request half of session: client bytes -> cycle, or straight to the lease where the cycle is
// larger than what is judged.
#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;

bool session::accepting() const {
    if (phase_ == phase::ready) return true;
    if (phase_ != phase::running || link_ == nullptr) return false;
    return (streaming_ && !ended_) || (link_->owed.copy_in() && !copy_over_) || waits_for_copy_rest();
}

void session::consume(bytes_view in, instant now, actions& out) {
    const bytes_view input = in;
    while (!in.empty()) {
        if (phase_ == phase::closed) return;
        if (!accepting()) {
            backlog_.append(in);
            return;
        }
        auto piece = splitter_.next(in);
        if (!piece) return end_with(piece.error(), out);
        if (!*piece) return;
        take(**piece, input, now, out);
    }
}

void session::take_backlog(instant now, actions& out) {
    if (backlog_.empty() || !accepting()) return;
    // What is lent to the outbox must live until the event has been carried out: once in an event.
    out.input = std::move(backlog_);
    backlog_ = bytes();
    consume(out.input, now, out);
}

void session::lend_or_copy(bytes_view raw, bytes_view input, outbox& to) {
    const bool inside = raw.data() >= input.data() && raw.data() + raw.size() <= input.data() + input.size();
    if (inside) {
        to.lend(raw);
    } else {
        to.own().append(raw);  // from inside the splitter: gone with its next call
    }
}

void session::take(const wire::frame_piece& piece, bytes_view input, instant now, actions& out) {
    if (piece.type == frontend::terminate) return end(out);
    if (begin_early_copy(piece, now, out) || take_copy_message(piece, input, now, out)) return;
    if (drop_until_sync_ && piece.type != frontend::sync) return;
    if (who_->console) return take_console(piece, out);
    if (streaming_) return stream(piece, input, now, out);
    // The server ignores what comes before the Sync, and so does whoever judges.
    if (link_ != nullptr && link_->owed.skipping() && piece.type != frontend::sync) return;
    collect(piece, now, out);
}

void session::collect(const wire::frame_piece& piece, instant now, actions& out) {
    if (!cycle_) {
        cycle_ = env_.cycles.take();
        if (held_.empty()) held_.swap(cycle_->room());
    }
    if (cycle_->empty()) began_ = now;
    cycle_->add(piece);
    const auto limit = env_.rules_in_force->cycle_limit_bytes;
    const bool too_large = cycle_->size_bytes() > limit || (piece.first && piece.body_length > limit);
    ended_ = piece.last && (piece.type == frontend::query || piece.type == frontend::sync ||
                            piece.type == frontend::flush || piece.type == frontend::function_call);
    if (drop_until_sync_ && ended_) {
        drop_until_sync_ = false;
        reply_locally("", out);
        return;
    }
    if (ended_ || too_large) {
        streaming_ = !ended_ || !piece.last;
        decide(now, out);
    }
}

void session::stream(const wire::frame_piece& piece, bytes_view input, instant now,
                     actions& out) {
    if (!piece.first) {
        if (forward_rest_) lend_or_copy(piece.raw, input, out.backend);
    } else {
        client_message m{piece.type, 0, 0, nullptr};
        if (!link_->owed.skipping()) {
            auto resolved = resolve(m, piece.body, env_, extended().names, extended().open);
            if (!resolved) return end_with(resolved.error(), out);
            note_run(judged_, m, piece.body, env_, extended().names);
        }
        dispatcher to(*link_, out.backend, env_.rules_in_force->prepared_per_backend);
        // What the dispatcher lends must outlive the splitter's next call.
        const bool inside = piece.raw.data() >= input.data() &&
                            piece.raw.data() < input.data() + input.size();
        if (inside) {
            forward_rest_ = to.message(m, piece.raw);
        } else {
            outbox copy;
            dispatcher aside(*link_, copy, env_.rules_in_force->prepared_per_backend);
            forward_rest_ = aside.message(m, piece.raw);
            copy.for_each([&](bytes_view part) { out.backend.own().append(part); });
            if (aside.stand_in() && !stand_in_) stand_in_ = std::move(aside.stand_in());
        }
        if (to.stand_in() && !stand_in_) stand_in_ = std::move(to.stand_in());
        make_up_replies(out);
    }
    if (piece.last) {
        ended_ = piece.type == frontend::query || piece.type == frontend::sync ||
                 piece.type == frontend::flush || piece.type == frontend::function_call;
        if (!ended_) return;
        streaming_ = false;
        finish_cycle(now, out);  // all of it may have been answered already
    }
}

}  // namespace weir::session

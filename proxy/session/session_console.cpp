// The console: the database that is Weir's own. What its statements do is found out by the shell.
#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;

void session::take_console(const wire::frame_piece& piece, actions& out) {
    if (!cycle_) cycle_ = env_.cycles.take();
    cycle_->add(piece);
    if (!piece.last) return;
    if (!console_) console_ = std::make_unique<console_talk>();
    const bool by_sync = piece.type == frontend::sync;
    if (by_sync || piece.type == frontend::flush) {
        ask_console(by_sync, out);
    } else {
        console_->take(piece.type, cycle_->body(cycle_->messages().back()));
        if (piece.type == frontend::query) ask_console(true, out);
    }
    cycle_->clear();
}

void session::ask_console(bool by_sync, actions& out) {
    auto steps = console_->take_steps(by_sync);
    if (steps.empty()) {
        if (by_sync) wire::backend::append_ready(out.client.own(), wire::backend::transaction_status::idle);
        return;
    }
    out.console = std::move(steps);
    phase_ = phase::console;
}

void session::on(console_answered&& e, instant now, actions& out) {
    if (phase_ == phase::console) {
        out.client.own().append(e.reply);
        if (e.failed && !console_->ends_with_ready()) console_->note_failure();
        if (!e.more) {
            if (console_->ends_with_ready())
                wire::backend::append_ready(out.client.own(), wire::backend::transaction_status::idle);
            phase_ = phase::ready;
            take_backlog(now, out);
        }
    }
    finish_event(now, out);
}

}  // namespace weir::session

// The client's half of COPY FROM STDIN: straight to the lease while the server wants it.
#include "session/session.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;

namespace {

bool is_copy_message(char type) {
    return type == frontend::copy_data || type == frontend::copy_done || type == frontend::copy_fail;
}

}  // namespace

/// Copy data right behind the Execute of a COPY, before the server has said that it wants some: what came
/// so far is a cycle as if it were flushed, and the data waits.
bool session::begin_early_copy(const wire::frame_piece& piece, instant now, actions& out) {
    const bool pending = phase_ == phase::ready && cycle_ && cycle_->last_type() == frontend::execute;
    if (!is_copy_message(piece.type) || !pending || drop_until_sync_ ||
        (link_ != nullptr && link_->owed.skipping()))
        return false;
    static constexpr char flush[] = {frontend::flush, 0, 0, 0, 4};
    wire::frame_piece end;
    end.type = frontend::flush;
    end.raw = bytes_view(flush, sizeof flush);
    end.body = {};
    end.first = end.last = true;
    early_copy_.assign(piece.raw);
    early_copy_ends_ = piece.last && piece.type != frontend::copy_data;
    copy_left_ = piece.body_length - static_cast<std::uint32_t>(piece.body.size());
    collect(end, now, out);
    return true;
}

void session::send_early_copy(actions& out) {
    copy_over_ = !early_copy_.empty() && early_copy_ends_;
    out.backend.own().append(early_copy_);
    early_copy_.clear();
}

bool session::take_copy_message(const wire::frame_piece& piece, bytes_view input, instant now, actions& out) {
    const bool copying = (phase_ == phase::running && link_ != nullptr && link_->owed.copy_in() && !copy_over_) ||
                         waits_for_copy_rest();
    if (!is_copy_message(piece.type) && !copying) return false;
    // Late copy messages behind an error are the client's leftovers; the server would ignore them too.
    if (!copying) return true;
    if (!is_copy_message(piece.type) && piece.type != frontend::sync && piece.type != frontend::flush) {
        end_with({sqlstate::protocol_violation, "unexpected message type during COPY from stdin"}, out);
        return true;
    }
    lend_or_copy(piece.raw, input, out.backend);
    if (piece.first) copy_left_ = piece.body_length;
    copy_left_ -= static_cast<std::uint32_t>(piece.body.size());
    if (piece.last && (piece.type == frontend::copy_done || piece.type == frontend::copy_fail))
        copy_over_ = true;
    if (!link_->owed.copy_in()) finish_cycle(now, out);
    return true;
}

/// COPY has ended while the client was in the middle of a message. The server ignores what it says, but
/// must get all of its bytes before those of anybody else.
void session::end_copy_message(actions& out) {
    constexpr std::uint32_t made_up_limit = 64 * 1024;
    if (copy_left_ == 0 || link_->owed.copy_in()) return;
    if (early_copy_.empty()) {
        if (copy_left_ > made_up_limit) return;  // its rest is waited for
        out.backend.own().append(copy_left_, '\0');
    }
    copy_left_ = 0;
}

/// Only the client can bring the rest of the message that the server is in the middle of.
bool session::waits_for_copy_rest() const {
    return phase_ == phase::running && link_ != nullptr && copy_left_ > 0 && early_copy_.empty() &&
           !link_->owed.copy_in();
}

}  // namespace weir::session

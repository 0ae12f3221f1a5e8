// What replicas refuse although it was judged to be a read: noted, and sent to the primary from then on.
#include <functional>

#include "session/session.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;

/// Of a message that executes; empty where it is not known.
std::string_view session::text_of(const client_message& m) const {
    if (m.type != frontend::query) return m.what ? std::string_view(m.what->text) : std::string_view();
    const auto query = frontend::decode_query(cycle_->body(m));
    return query ? *query : std::string_view();
}

/// What the names of a statement stand for follows from these.
std::uint64_t session::resolution_of_names() const {
    constexpr std::uint64_t factor = 0x9e3779b97f4a7c15u;
    const std::hash<std::string_view> hash;
    const auto* path = find(settings_, usual::search_path);
    std::uint64_t key = hash(who_->user);
    key = (key ^ hash(who_->database)) * factor;
    return (key ^ (path != nullptr ? hash(*path) : 0)) * factor;
}

bool session::was_refused_before() const {
    if (env_.learned.empty() || streaming_) return false;
    const auto where = resolution_of_names();
    for (const auto& m : cycle_->messages()) {
        if (m.type != frontend::query && m.type != frontend::execute) continue;
        const bool prepared = m.type == frontend::execute && m.what;
        const auto shape = prepared ? m.what->shape : env_.verdicts.look_up(text_of(m), {}).shape;
        if (env_.learned.holds(shape, where)) return true;
    }
    return false;
}

/// What an error tells of the node itself: it goes down, or its replay is in the way of reads (FACTS 11),
/// whatever then becomes of this request.
void session::note_state_of_node(const wire::frame_piece& piece, actions& out) const {
    const auto error = wire::backend::decode_error(piece.body);
    if (!error) return;
    const auto is = [&](std::string_view state) { return error->sqlstate == state; };
    if (is(sqlstate::admin_shutdown) || is(sqlstate::crash_shutdown) || is(sqlstate::cannot_connect_now))
        out.probe = lease_node_;
    const bool in_the_way = is(sqlstate::serialization_failure) || is(sqlstate::deadlock_detected) ||
                            is(sqlstate::database_dropped);
    if (lease_is_replica_ && in_the_way) out.conflict = lease_node_;
}

void session::learn_refusal(const wire::backend::error_fields& error) {
    const bool recovers = error.sqlstate == sqlstate::object_not_in_state &&
                          error.message.find("recovery") != bytes_view::npos;
    if (error.sqlstate != sqlstate::read_only_transaction && !recovers) return;
    // Where the session itself asks for READ ONLY, the primary refuses it, too.
    const auto kind = transaction_kind();
    if (kind == routing::transaction_kind::read_only || kind == routing::transaction_kind::read_only_snapshot ||
        default_modes().access == query::access_mode::read_only)
        return;
    const auto& dropped = link_->owed.dropped();
    const auto number = dropped.empty() ? cycle_->messages().size() : dropped.front().message;
    if (number == 0) return;
    const auto text = text_of(cycle_->messages()[number - 1]);
    for (const auto& one : cycle_->seen())
        if (one.text.data() == text.data()) one.shape->learned = true;
    env_.learned.note({env_.verdicts.look_up(text, {}).shape, resolution_of_names(), who_->user, who_->database,
                       query::digest_text(text), std::string(error.message)});
}

}  // namespace weir::session

// A node that is lost to a session: what it ran there goes on elsewhere where that is certain to be right, what
// it waits for is asked of another, and where the outcome is not known the client is told so.
#include "session/session.hpp"
#include "wire/backend.hpp"

namespace weir::session {

/// The replica ends a transaction that waits for its client (FACTS 11), and nothing was done in it that
/// would be missed elsewhere.
bool session::goes_on_elsewhere() const {
    return (phase_ == phase::ready || phase_ == phase::waiting) && lease_is_replica_ && link_->owed.empty() &&
           !link_->owed.skipping() && !link_->unsynced && tx_.is() == transaction::state::open &&
           tx_.can_defer_again() && !tx_.has_portal() && link_->status == wire::backend::transaction_status::in_block;
}

void session::go_on_elsewhere(instant now, actions& out) {
    tx_.defer_again();
    give_lease_back({.close = true}, out);
    if (phase_ == phase::waiting) wait_no_longer(now, out);
}

/// The client has a part of a message: there is no room for words before its end.
bool session::has_part_of_message() const {
    return link_ != nullptr && !hold_back_ && link_->splitter.in_message() && current_act_ == owed_act::forward;
}

/// No transaction is open there, or one that has only read, and can begin anew elsewhere.
bool session::survives_lease() const {
    return tx_.is() != transaction::state::open || (lease_is_replica_ && tx_.can_defer_again());
}

void session::lose_backend(const fault& why, instant now, actions& out) {
    if (why.sqlstate == sqlstate::protocol_violation) out.node_fault = why;
    if (goes_on_elsewhere()) return go_on_elsewhere(now, out);
    if (may_run_again()) return retry_elsewhere(now, out);
    if (can_settle() || is_settling()) return settle_commit(now, out);
    // Session mode: nothing of the session's was on it.
    if (phase_ == phase::ready && lease_is_free()) return give_lease_back({.close = true}, out);
    if (hold_back_ && phase_ == phase::running)
        return retry_on_primary(routing::reason::replica_lost, now, out);
    if (phase_ == phase::preparing && survives_lease()) {
        // Nothing of this cycle has been sent.
        prepare_failed_.reset();
        describing_ = false;
        if (tx_.is() == transaction::state::open) tx_.defer_again();
        give_lease_back({.close = true}, out);
        return want_primary(lease_is_replica_ ? routing::reason::replica_lost : why_, now, out);
    }
    const bool no_room = has_part_of_message();
    give_lease_back({.close = true}, out);
    if (fatal_told_ || no_room) {
        end(out);
    } else {
        end_with(why, out);
    }
}

void session::on(const backend_closed&, instant now, actions& out) {
    if (link_ == nullptr || phase_ == phase::closed) return finish_event(now, out);
    out.probe = lease_node_;
    lose_backend(why_lost("The node closed the connection while this session was using it"), now, out);
    finish_event(now, out);
}

/// Something is under way that commits, or may: by itself, at the end of its transaction, or where nobody has
/// understood it.
bool session::may_have_committed() const {
    if (phase_ != phase::running || lease_is_replica_ || link_->owed.empty() || judged_.what->read_only) return false;
    const bool unseen = judged_.unread > 0 || judged_.what->why_not == query::obstacle::not_utf8;
    return unseen || judged_.what->controls_transaction ||
           link_->status == wire::backend::transaction_status::idle;
}

/// Drivers and pools tell by the code whether all may be done again (FACTS 21).
fault session::why_lost(std::string_view what_happened) const {
    const auto detail = [&](std::string_view outcome) { return std::string(what_happened) + "; " + std::string(outcome); };
    if (may_have_committed())
        return {sqlstate::transaction_unknown, "the connection to the server was lost, and the outcome is not known",
                detail("what was under way may have been done, or not."),
                "Connect again and look whether it was done before repeating it."};
    if (is_amid() && !end_told_)
        return {sqlstate::connection_failure, "the connection to the server was lost",
                detail("the transaction was not committed: nothing of it is done."), "Connect again and repeat it."};
    return {sqlstate::connection_failure, "the connection to the server was lost",
            detail("nothing was under way that changes data."), "Connect again."};
}

/// Reads, of which nothing has been answered, on a connection that was taken for them: to repeat them is to ask
/// once. What has not answered may have done anything else.
bool session::may_run_again() const {
    return phase_ == phase::running && untouched_ && !lease_is_replica_ && judged_.what->read_only;
}

/// Another node is the primary now. What is still done on the old one would be lost.
bool session::has_successor(node_id node) const {
    const auto& primary = view_->known->primary;
    return primary && *primary != node;
}

/// The lease is lost although its connection has not ended: a node that stands still answers nobody and closes
/// nothing.
bool session::has_lost_lease() const {
    const auto* node = view_->known->find(lease_node_);
    const bool down = node == nullptr || !node->up;
    if (!lease_is_replica_)
        return (down && is_settling()) || has_successor(lease_node_) ||
               (down && ((phase_ == phase::preparing && survives_lease()) || may_run_again()));
    return down && (phase_ == phase::preparing || (phase_ == phase::running && hold_back_) || goes_on_elsewhere());
}

/// Nodes have gone away, or another one leads.
void session::leave_lost_nodes(instant now, actions& out) {
    if (home_ != nullptr && has_successor(home_node_)) {
        give_home_back(out);
        out.release_aside = give_back{.close = true};
    }
    if (link_ != nullptr && has_lost_lease()) {
        lose_backend(why_lost("The node does not answer, or is not the primary any more"), now, out);
    } else if (link_ == nullptr) {
        ask_another_node(now, out);
    }
}

/// A connection to a node that does not answer may come after a long time, or never.
void session::ask_another_node(instant now, actions& out) {
    const bool welcoming = phase_ == phase::welcoming && deadline_ == never;
    if ((phase_ != phase::asking && !welcoming) || ask_is_held_) return;
    const auto* node = view_->known->find(lease_node_);
    if (node != nullptr && node->up && (welcoming || lease_is_replica_ || !has_successor(lease_node_))) return;
    out.drop_request = true;
    if (welcoming) return look_for_welcome(out);
    lease_is_replica_ ? want_replica_or_primary(now, out) : want_primary(why_, now, out);
}

}  // namespace weir::session

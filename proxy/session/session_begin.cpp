// Transactions that have not begun yet: what is declared of them, and the BEGIN that was kept back.
#include "session/session.hpp"

namespace weir::session {

transaction_modes session::default_modes() const {
    using query::access_mode;
    using query::isolation;
    transaction_modes modes;
    const auto* set = find(settings_, usual::default_transaction_read_only);
    if (set != nullptr ? *set == "on" : told_ && told_->reads_only_by_default()) modes.access = access_mode::read_only;
    if (const auto* level = find(settings_, usual::default_transaction_isolation)) {
        const bool snapshot = *level == "repeatable read" || *level == "serializable";
        modes.level = snapshot ? isolation::repeatable_read : isolation::read_committed;
    } else if (snapshots_by_default_) {
        modes.level = isolation::repeatable_read;
    }
    return modes;
}

routing::transaction_kind session::transaction_kind() const {
    const auto policy = overrides_.transactions.value_or(env_.rules_in_force->routing.transactions);
    if (judged_.begin) return kind_of(*judged_.begin, default_modes(), policy);
    return tx_.kind(default_modes(), policy);
}

/// A transaction that says nothing of its level has what its connection began with: at REPEATABLE READ it
/// cannot go on elsewhere, and so does not begin on a replica.
bool session::begins_with_snapshot() {
    const bool begins = judged_.begin || tx_.is() == transaction::state::deferred;
    const bool says = judged_.begin ? judged_.begin->level != query::isolation::unsaid : tx_.says_level();
    if (!begins || says || find(settings_, usual::default_transaction_isolation) != nullptr)
        return false;
    const auto& level = link_->start.isolation;
    snapshots_by_default_ = level != "read committed" && level != "read uncommitted";
    return snapshots_by_default_;
}

void session::send_kept_back_begin(dispatcher& to) {
    const auto kind = transaction_kind();
    const bool may_draw = kind == routing::transaction_kind::read_write || kind == routing::transaction_kind::splittable;
    if (link_->drew_sequence && may_draw) {
        to.forget_sequences();
        sequences_known_ = true;
    }
    bool first = true;
    for (const auto& text : tx_.texts()) {
        to.begin(*env_.statements.intern_lasting(text, bytes_view("\0\0", 2), env_.verdicts), first);
        first = false;
    }
    tx_.opened();
}

}  // namespace weir::session

// How long a session lets things take: a client that asks nothing, what waits inside Weir, what runs at a node.
#include <algorithm>
#include <charconv>

#include "session/session.hpp"

namespace weir::session {
namespace {

constexpr milliseconds cancel_again_after{200};

}  // namespace

/// In a transaction, or in what the server takes for one until a Sync comes.
bool session::is_amid() const {
    return tx_.is() != transaction::state::none ||
           (link_ != nullptr &&
            (link_->unsynced || link_->status != wire::backend::transaction_status::idle));
}

instant session::idle_deadline() const {
    const auto& limits = env_.rules_in_force->limits;
    const auto limit = is_amid() ? limits.idle_in_transaction : limits.client_idle;
    return limit.count() > 0 && !who_->console ? idle_since_ + limit : never;
}

/// In PostgreSQL's words for its own limits: drivers know the codes.
void session::end_for_idleness(instant now, actions& out) {
    if (now < idle_deadline()) return;
    if (is_amid()) {
        end_with({sqlstate::idle_in_transaction_timeout,
                  "terminating connection due to idle-in-transaction timeout",
                  "The client has asked nothing for Weir's idle_in_transaction_timeout_ms."},
                 out);
    } else {
        end_with({sqlstate::idle_session_timeout, "terminating connection due to idle-session timeout",
                  "The client has asked nothing for Weir's client_idle_timeout_ms."},
                 out);
    }
}

instant session::statement_deadline() const {
    if (is_settling()) return hold_until_;
    auto limit = own_timeout_;
    if (const auto* set = find(settings_, usual::statement_timeout)) {
        long long ms = 0;
        std::from_chars(set->data(), set->data() + set->size(), ms);
        limit = milliseconds(ms);
    }
    if (rule_timeout_.count() > 0 && (limit.count() == 0 || rule_timeout_ < limit)) limit = rule_timeout_;
    return limit.count() > 0 && began_ != instant::min() ? began_ + limit : never;
}

/// What waits inside Weir waits on the client's time (statement_timeout).
void session::on_statement_timeout(instant now, actions& out) {
    if (phase_ == phase::asking) out.drop_request = true;
    if (phase_ == phase::preparing) give_lease_back({.close = true}, out);
    fail_cycle({sqlstate::query_canceled, "canceling statement due to statement timeout"}, now, out);
    take_backlog(now, out);
}

/// Of a cycle that goes to a node now. A rule's time counts from the request, waiting included.
instant session::run_deadline(instant now) {
    const auto query = env_.rules_in_force->limits.query;
    // A walsender's request goes on for as long as its client likes.
    query_until_ = query.count() > 0 && !who_->replication ? now + query : never;
    return rule_timeout_.count() > 0 ? std::min(began_ + rule_timeout_, query_until_) : query_until_;
}

/// The time is over for a cycle that runs: as a client's own cancel request would end it.
void session::on_run_timeout(instant now, actions& out) {
    // The signal may come before the statement: a server that has nothing to cancel forgets it.
    deadline_ = now + cancel_again_after;
    if (link_ == nullptr || link_->owed.empty()) return;
    if (cancelled_for_ == run_limit::none)
        cancelled_for_ = now >= query_until_ ? run_limit::query : run_limit::rule;
    out.cancel_backend = true;
}

fault session::why_cancelled() const {
    if (cancelled_for_ == run_limit::query)
        return {sqlstate::query_canceled, "canceling statement due to query timeout",
                "It has run for query_timeout_ms of Weir's configuration."};
    const auto* by = rule_in_force();
    return {sqlstate::query_canceled, "canceling statement due to the timeout of rule \"" +
                                          (by != nullptr ? by->name : std::string("of a former configuration")) + '"'};
}

}  // namespace weir::session

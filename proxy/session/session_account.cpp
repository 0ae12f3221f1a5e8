// What a session counts of a cycle that was answered: by node and reason, by statement, and what took long.
#include <charconv>

#include "query/trace_context.hpp"
#include "session/session.hpp"
#include "wire/backend.hpp"

namespace weir::session {
namespace {

/// "SELECT 5", "INSERT 0 5": the number at its end; nothing where there is none.
std::optional<std::uint64_t> rows_of(bytes_view tag) {
    const auto at = tag.rfind(' ');
    std::uint64_t rows = 0;
    if (at == bytes_view::npos) return std::nullopt;
    const auto* end = tag.data() + tag.size();
    const auto [rest, failed] = std::from_chars(tag.data() + at + 1, end, rows);
    return failed == std::errc() && rest == end ? std::optional(rows) : std::nullopt;
}

}  // namespace

/// Of the cycle's the one whose answer is under way; null: none is known.
routing::digest_entry* session::answered_statement() {
    if (!cycle_ || cycle_->seen().empty()) return nullptr;
    const auto& seen = cycle_->seen();
    return seen[std::min<std::size_t>(executed_, seen.size() - 1)].shape.get();
}

/// A Query is one statement to those who count, however many it holds.
void session::note_rows(bytes_view tag, bool by_execute) {
    if (const auto rows = rows_of(tag))
        if (auto* of = answered_statement()) of->rows += *rows;
    executed_ += by_execute;
}

/// For the log: by digests, never by texts; and by the traces that they are part of.
void session::tell_statements(std::string& line) const {
    for (const auto& one : cycle_->seen()) {
        line += ", digest " + query::to_string(one.shape->shown);
        if (const auto trace = query::trace_parent_of(one.text); !trace.empty())
            line.append(", traceparent ").append(trace);
    }
}

void session::note_hold(instant now) {
    if (counters_ != nullptr) counters_->count_hold(now - (hold_until_ - env_.rules_in_force->routing.failover_wait));
}

/// Which statement it was is told by its digest: a text may hold what is nobody else's business.
void session::note_slowness(instant now) const {
    const auto limit = env_.rules_in_force->slow_statement;
    if (limit <= milliseconds{0} || now - began_ < limit || !env_.log_slow) return;
    const auto ms = std::chrono::duration_cast<milliseconds>(now - began_).count();
    const auto at_node = std::chrono::duration_cast<milliseconds>(now - sent_).count();
    std::string line = "slow: " + std::to_string(ms) + " ms, " + std::to_string(at_node) + " of them at ";
    const auto* node = view_->known->find(lease_node_);
    line += node != nullptr ? node->address.name : "unknown node";
    line += lease_is_replica_ ? " (replica): " : " (primary): ";
    line += routing::to_string(why_);
    line += ", client " + std::to_string(pid_) + ' ' + who_->user + '@' + who_->database;
    tell_statements(line);
    if (env_.rules_in_force->logs_literals)
        for (const auto& one : cycle_->seen()) line.append(": ").append(one.text);
    env_.log_slow(line);
}

void session::account(instant now, actions&) {
    if (counters_ == nullptr || !judged_.executes) return;
    counters_->count({lease_node_, lease_is_replica_, judged_.what->read_only, why_, now - began_, now - sent_});
    ran_on_ = lease_node_;
    ran_why_ = why_;
    const bool repeated = why_ == routing::reason::replica_refused || why_ == routing::reason::replica_lost;
    if (!cycle_) return;
    for (const auto& one : cycle_->seen()) {
        auto& shape = *one.shape;
        ++(lease_is_replica_ ? shape.on_replica : shape.on_primary);
        shape.repeated += repeated;
        shape.seconds[lease_is_replica_].add(now - began_);
        shape.last = why_;
        // With what its names stand for, where it is the only one.
        const auto* known = cycle_->seen().size() == 1 ? judged_.what.get() : one.known;
        if (known == nullptr) continue;
        shape.read_only = known->read_only;
        shape.why_not = known->why_not;
        shape.kind = known->kind;
    }
    if (auto* failed = error_told_ ? answered_statement() : nullptr) ++failed->errors;
    note_slowness(now);
}

void session::after_transaction(actions& out) {
    const bool wrote = tx_.wrote();
    const bool read = tx_.has_read();
    if (counters_ != nullptr) counters_->count_transaction();
    tx_.ended();
    local_ = {};
    if (std::exchange(redefined_, false)) statement_store::tables_changed();
    catalog_change_.reset();
    if (extended_) extended_->open.clear();
    if (extended_ && extended_->is_blank()) env_.extended.put(std::move(extended_));
    if (lease_is_replica_) return;
    if (wrote && routing::has_candidate(*view_->known)) {
        out.ask_position = floor_.after_write();
    } else if (wrote) {
        floor_.after_unasked_write();
    } else if (auto ticket = read ? floor_.after_primary_read() : std::nullopt) {
        out.ask_position = *ticket;
    }
}

}  // namespace weir::session

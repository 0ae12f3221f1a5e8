// transaction: what the client believes of its transaction, while BEGIN is kept back until something is
// known about it, while it runs on a lease, and after it failed before it had one.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "query/facts.hpp"
#include "routing/decide.hpp"
#include "wire/backend.hpp"

namespace weir::session {

/// What a session has set for its transactions, where it has.
struct transaction_modes {
    query::access_mode access = query::access_mode::unsaid;
    query::isolation level = query::isolation::unsaid;
};

/// Of a transaction with this BEGIN. A level that nobody has said is taken for READ COMMITTED: whoever takes
/// a connection has to look at what it began with.
routing::transaction_kind kind_of(const query::facts& begin, const transaction_modes& by_default,
                                  routing::transaction_policy policy);

class transaction {
public:
    enum class state : std::uint8_t {
        none,
        deferred,  // BEGIN was answered, no node has seen it
        open,      // on the lease
        failed,    // could not begin: 25P02 until ROLLBACK
    };

    state is() const { return state_; }

    void defer(std::string_view begin_text, std::shared_ptr<const query::facts> begin) {
        state_ = state::deferred;
        texts_.assign(1, std::string(begin_text));
        begin_ = std::move(begin);
        wrote_ = false;
    }
    /// At the head of a cycle that has run: where that ended with Flush, nobody knows more.
    void begin_was_sent(std::string_view begin_text, std::shared_ptr<const query::facts> begin) {
        defer(begin_text, std::move(begin));
        opened();
    }
    /// SET TRANSACTION, ahead of the first statement.
    void amend(std::string_view text, const query::facts& modes) {
        texts_.emplace_back(text);
        begin_ = std::make_shared<const query::facts>(query::merge(*begin_, modes));
    }
    /// What was kept back, to be sent ahead of the first statement: BEGIN, then what amends it.
    const std::vector<std::string>& texts() const { return texts_; }

    void opened() { state_ = state::open; }
    /// The lease that it ran on is given back, nothing done so far needs carrying over.
    void defer_again() {
        state_ = state::deferred;
        portal_ = false;
    }
    bool can_defer_again() const { return begin_ != nullptr; }
    void failed_to_begin() { state_ = state::failed; }
    void ended() {
        state_ = state::none;
        texts_.clear();
        begin_.reset();
        wrote_ = read_ = portal_ = outcome_wanted_ = false;
    }

    /// A portal may be open, which is nowhere else.
    void note_portal() { portal_ = true; }
    bool has_portal() const { return portal_; }
    /// It was shown what others have committed.
    void note_read() { read_ = true; }
    bool has_read() const { return read_; }
    /// A rule wants its outcome known, whatever happens to the connection.
    void want_outcome() { outcome_wanted_ = true; }
    bool wants_outcome() const { return outcome_wanted_; }
    void note_write() { wrote_ = true; }
    bool wrote() const { return wrote_; }

    /// by_default: modes that the session has set for transactions that say nothing.
    routing::transaction_kind kind(const transaction_modes& by_default, routing::transaction_policy policy) const {
        if (state_ == state::none) return routing::transaction_kind::none;
        return begin_ ? kind_of(*begin_, by_default, policy) : routing::transaction_kind::read_write;
    }
    /// Its own words say at which level it is, and not what the connection began with.
    bool says_level() const { return begin_ && begin_->level != query::isolation::unsaid; }

    /// The status byte that the client is to see where Weir itself answers.
    wire::backend::transaction_status told() const {
        switch (state_) {
            case state::none: return wire::backend::transaction_status::idle;
            case state::deferred:
            case state::open: return wire::backend::transaction_status::in_block;
            case state::failed: return wire::backend::transaction_status::failed;
        }
        return wire::backend::transaction_status::idle;
    }

private:
    state state_ = state::none;
    bool wrote_ = false;
    bool read_ = false;
    bool portal_ = false;
    bool outcome_wanted_ = false;
    std::vector<std::string> texts_;
    std::shared_ptr<const query::facts> begin_;
};

}  // namespace weir::session

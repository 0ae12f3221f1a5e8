// transaction: what the client believes of its transaction, while BEGIN is kept back until something is
// known about it, while it runs on a lease, and after it failed before it had one.
#pragma once

#include <memory>
#include <string>

#include "query/facts.hpp"
#include "routing/decide.hpp"
#include "wire/backend.hpp"

namespace weir::session {

class transaction {
public:
    enum class state : std::uint8_t {
        none,
        deferred,  // BEGIN was answered, no node has seen it
        open,      // on the lease
        failed,    // could not begin: 25P02 until ROLLBACK
    };

    state is() const { return state_; }

    void defer(std::string begin_text, std::shared_ptr<const query::facts> begin) {
        state_ = state::deferred;
        begin_text_ = std::move(begin_text);
        begin_ = std::move(begin);
        wrote_ = false;
    }
    /// The kept back BEGIN, to be sent ahead of the first statement.
    const std::string& begin_text() const { return begin_text_; }

    void opened() { state_ = state::open; }
    /// The lease that it ran on is given back, nothing done so far needs carrying over.
    void defer_again() { state_ = state::deferred; }
    bool can_defer_again() const { return begin_ != nullptr; }
    void failed_to_begin() { state_ = state::failed; }
    void ended() {
        state_ = state::none;
        begin_text_.clear();
        begin_.reset();
        wrote_ = false;
    }

    void note_write() { wrote_ = true; }
    bool wrote() const { return wrote_; }

    routing::transaction_kind kind() const {
        if (state_ == state::none) return routing::transaction_kind::none;
        if (!begin_ || begin_->access != query::access_mode::read_only)
            return routing::transaction_kind::read_write;
        const bool snapshot = begin_->level == query::isolation::repeatable_read ||
                              begin_->level == query::isolation::serializable;
        return snapshot ? routing::transaction_kind::read_only_snapshot
                        : routing::transaction_kind::read_only;
    }

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
    std::string begin_text_;
    std::shared_ptr<const query::facts> begin_;
};

}  // namespace weir::session

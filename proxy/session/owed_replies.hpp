// owed_replies: the FIFO of answers that a backend connection still owes, and what is to become of
// each. It is the proof that a connection may be lent again: nothing owed, and ReadyForQuery said idle.
// Follows the manual's "Message Flow" (section 55.2); it sees type bytes only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/fault.hpp"
#include "base/ring.hpp"

namespace weir::session {

enum class owed_kind : std::uint8_t {
    parse,
    bind,
    describe_statement,
    describe_portal,
    execute,
    close,
    sync,
    query,
    function_call,
};

enum class owed_act : std::uint8_t {
    forward,        // to the client
    swallow,        // the answer to something Weir sent on its own
    make_up,        // nothing was sent: the answer is made when its turn comes
    replace_error,  // sent so that it fails; the client gets another error in its place
    inspect,        // Weir's own question: its rows are read, nothing reaches the client
};

struct owed_reply {
    owed_kind kind = owed_kind::sync;
    owed_act act = owed_act::forward;
    std::uint64_t statement = 0;   // that is prepared (parse) or given up (close) by it; 0 for none
    bool changes_names = false;    // a client's Parse or Close: the session's names follow its outcome
    bool begins = false;           // the BEGIN that was kept back
    bool clears_prepared = false;  // DEALLOCATE ALL, DISCARD ALL
    bool of_unnamed = false;       // of `describes`
    std::uint64_t describes = 0;   // the statement whose rows are told by it; 0 for none
    bool of_client_name = false;   // Weir's own Parse, Close or Execute that concerns named_set
    std::uint32_t message = 0;     // of the cycle, from 1: it was sent for; 0: for none
};

/// The client gets an answer for it, whoever makes that.
inline bool is_for_client(const owed_reply& reply) {
    return reply.act != owed_act::swallow && reply.act != owed_act::inspect;
}

/// What is to be done with one backend message.
struct owed_verdict {
    owed_act act = owed_act::forward;
    std::optional<owed_reply> done;  // this entry has been answered with this message
    bool failed = false;             // ErrorResponse: `dropped()` holds what it answered and skipped
};

class owed_replies {
public:
    void push(owed_reply reply);
    /// What is pushed from now on was sent for this message of the cycle, from 1; 0: for none.
    void begin_message(std::uint32_t number) { message_ = number; }
    bool empty() const { return entries_.empty(); }
    /// A row of the answer that the client waits for would change nothing here.
    bool rows_pass() const {
        if (entries_.empty() || entries_.front().act != owed_act::forward) return false;
        return entries_.front().kind == owed_kind::execute || entries_.front().kind == owed_kind::query;
    }
    std::size_t size() const { return entries_.size(); }

    /// One message of this type has begun. Fault 08P01: the connection is out of step and must be
    /// closed. NoticeResponse, ParameterStatus and NotificationResponse may come at any time.
    result<owed_verdict> on_message(char type);

    /// The entry at the front where it is to be made up: taken off and returned; call until nothing.
    std::optional<owed_reply> take_made_up();

    /// After an ErrorResponse: entries that were answered by it or will be skipped by the server until
    /// Sync, oldest first. Valid until the next on_message().
    const std::vector<owed_reply>& dropped() const { return dropped_; }

    /// The server ignores everything until the next Sync.
    bool skipping() const { return skipping_; }
    /// ... and it has skipped a simple Query or a FunctionCall because something of ours ahead of it
    /// failed. It waits for a ReadyForQuery that only a Sync of ours can bring.
    bool lost_query() const { return lost_query_; }
    bool copy_in() const { return copy_in_; }
    bool copy_both() const { return copy_both_; }

    /// From now on everything owed is swallowed (the client is gone or was answered by another node).
    void swallow_all();
    /// Is any entry owed to the client?
    bool owes_client() const;
    /// ... up to the next Sync?
    bool owes_client_before_sync() const;
    /// How many entries are.
    std::size_t owed_to_client() const;

private:
    result<owed_verdict> out_of_step(char type) const;
    owed_verdict finish_front();
    owed_verdict on_error();
    result<owed_verdict> on_ready();
    owed_verdict on_copy_in();

    ring<owed_reply> entries_;
    std::vector<owed_reply> dropped_;
    std::uint32_t message_ = 0;
    bool skipping_ = false;
    bool lost_query_ = false;
    bool copy_in_ = false;
    bool copy_both_ = false;
};

}  // namespace weir::session

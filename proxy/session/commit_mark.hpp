// commit_mark: what a transaction was known by ahead of its COMMIT, so that its outcome can be found out where the
// answer is lost (FACTS 1). Text out, rows in, and a verdict; it sends nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "cluster/snapshot.hpp"
#include "session/connection_start.hpp"
#include "wire/frame_splitter.hpp"

namespace weir::session {

enum class commit_outcome : std::uint8_t {
    committed,
    rolled_back,
    in_progress,  // the server is still at it, or is not heard of enough yet: ask again
    unknown,      // and will stay so
};

class commit_mark {
public:
    enum class stage : std::uint8_t {
        asked,    // the connection was asked, the COMMIT is yet to be sent
        sent,     // the COMMIT is under way
        settling, // its answer was lost: the primary is asked
    };

    explicit commit_mark(const connection_start& on) : started_on_(on) {}

    stage now = stage::asked;
    /// Answers that the client was to get, as the COMMIT was sent.
    std::size_t owed = 0;
    /// The session had left on its connection what is lost with it.
    bool state_lost = false;

    /// Ahead of the COMMIT, in its transaction: one statement of one row, for any user.
    static const std::string& question();
    /// On a connection to the primary. again: it answered "in progress" just now.
    std::string outcome_question(bool again) const;
    /// A piece of what the server answers; what is no row is passed over. Fault 08P01 where a row has another form.
    result<void> on_piece(const wire::frame_piece& piece);

    /// The node on which it was sent, as it was last seen. What is flushed there outlives a crash: what stands at that
    /// position of the timeline is this transaction's for ever, and its id is never given anew.
    void look_for_flush(const cluster::node_state* node);
    /// The transaction has an id, without which there is nothing to ask about.
    bool is_known() const { return !xid_.empty() && at_.timeline != 0; }
    /// now_on: the connection that was asked; error: the SQLSTATE that it answered with, empty where it answered.
    commit_outcome outcome(const connection_start& now_on, std::string_view error,
                           const cluster::snapshot& known) const;

private:
    result<void> take_row(bytes_view body);
    bool is_proved_on(const connection_start& now_on, const cluster::snapshot& known) const;

    connection_start started_on_;
    std::string xid_;
    cluster::position at_;  // after the transaction's first WAL
    bool flushed_ = false;  // up to there, as far as is known
    std::string status_;
    std::uint32_t timeline_now_ = 0;
    bytes row_;  // as far as it has come
};

}  // namespace weir::session

// floor: the position that a session's next read must find on its node, so that it reads its own writes
// and never goes back in time. Told what happened and when; asks nobody.
#pragma once

#include <cstdint>
#include <optional>

#include "base/instant.hpp"
#include "cluster/snapshot.hpp"

namespace weir::routing {

class floor {
public:
    /// The session's write was answered by the primary. Returns the ticket of the question for the
    /// primary's position that must be asked now; until that ticket is answered no replica will do.
    std::uint32_t after_write() {
        const auto ticket = new_ticket();
        of_write_ = true;
        return ticket;
    }

    /// The same where no replica could serve what is read next: the question waits for one that could.
    void after_unasked_write() {
        new_ticket();
        failed_ = true;
    }

    /// The answer to a question. An answer to an older ticket does not cover the latest write; nor
    /// does one of an older timeline than is known, which a primary gave that has been succeeded.
    void on_position(std::uint32_t ticket, const std::optional<cluster::position>& at);

    /// A read was answered by the primary: it has shown what others had committed by then, and what is asked
    /// from now on covers it. The ticket to ask at once, where a replica has been wanted in the meantime; else
    /// that is left until one is (FACTS 2).
    std::optional<std::uint32_t> after_primary_read() {
        saw_primary_ = true;
        return wanted_ ? std::optional(new_ticket()) : std::nullopt;
    }

    /// Another session, perhaps of another Weir, has seen this much. What is of a timeline that has ended is
    /// carried to the primary's, at most up to the fork; where that is not known, the primary's position tells.
    void take(const cluster::position& token, const cluster::snapshot& now_known);

    /// A replica was wanted and none would do.
    void note_vain() { wanted_ = true; }

    /// The next read is to see all that anybody was told by now: the ticket to ask at once.
    std::uint32_t raise_to_now() { return new_ticket(); }

    /// A read was answered by this replica.
    void after_replica_read(node_id node, instant now) {
        last_replica_ = node;
        probed_since_.reset();
        last_read_ = now;
        read_since_asked_ = true;
    }

    /// The position that the next read must find is not known: only the primary will do.
    bool unknown() const { return !answered_ || saw_primary_; }
    /// A replica is wanted: the ticket to ask for the primary's position where only its answer helps; nothing
    /// while that is under way.
    std::optional<std::uint32_t> ask();
    /// ... and a read may wait for it. The first one behind a write does better on the primary, where nothing is
    /// waited for; those behind that one would go there for ever.
    bool is_worth_waiting() const { return is_asked() && !of_write_; }
    /// known() covers all that the session has seen.
    bool is_settled() const { return !unknown() && !last_replica_.valid(); }
    /// A question is under way whose answer makes the floor known.
    bool is_asked() const { return !answered_ && !failed_ && !saw_primary_; }

    /// Takes in what the cluster has shown since the last read: where the replica that served it was
    /// probed afterwards and found to have gone on, or to have replayed all that it had, that position is
    /// all that the read can have seen, and any replica that has reached it will do; else only the same
    /// replica will. What is of a timeline
    /// that has ended is carried over, as by take(). Where that replica is gone, or it is not known where the
    /// timeline ended, only the primary's position can tell.
    void settle(const cluster::snapshot& now_known);

    /// True where a read on this replica shows the session nothing older than it has seen or written.
    bool allows(const cluster::node_state& replica) const;

    const std::optional<cluster::position>& known() const { return known_; }

private:
    std::uint32_t new_ticket();
    void doubt();
    bool has_gone_on(const cluster::node_state& served);
    void raise(const cluster::position& at);

    std::optional<cluster::position> known_;
    node_id last_replica_;
    std::optional<cluster::position> probed_since_;  // the first probe of it since the last read
    instant last_read_ = instant::min();
    std::uint32_t ticket_ = 0;
    bool answered_ = true;
    bool failed_ = false;
    bool saw_primary_ = false;  // since the ticket was given out
    bool of_write_ = false;     // the ticket was given out for a write
    bool wanted_ = false;       // a replica, while the floor was not known
    bool read_since_asked_ = false;  // by a replica, since the ticket was given out
};

}  // namespace weir::routing

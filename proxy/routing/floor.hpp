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
    std::uint32_t after_write() { return new_ticket(); }

    /// The answer to a question. An answer to an older ticket does not cover the latest write; nor
    /// does one of an older timeline than is known, which a primary gave that has been succeeded.
    void on_position(std::uint32_t ticket, const std::optional<cluster::position>& at);

    /// A read was answered by this replica.
    void after_replica_read(node_id node, instant now) {
        last_replica_ = node;
        last_read_ = now;
        read_since_asked_ = true;
    }

    /// The position that the next read must find is not known: only the primary will do.
    bool unknown() const { return !answered_; }
    /// A ticket to ask for the primary's position where the last question failed, or settle() found
    /// that only its answer helps; nothing while one is under way.
    std::optional<std::uint32_t> ask_again();

    /// Takes in what the cluster has shown since the last read: where the replica that served it was
    /// probed afterwards, that position is all that the read can have seen, and any replica that has
    /// reached it will do; else only the same replica will. Where that replica is gone, or a new
    /// primary has begun another timeline, only the primary's position can tell: see ask_again().
    void settle(const cluster::snapshot& now_known);

    /// True where a read on this replica shows the session nothing older than it has seen or written.
    bool allows(const cluster::node_state& replica) const;

    const std::optional<cluster::position>& known() const { return known_; }

private:
    std::uint32_t new_ticket();
    void doubt();
    void raise(const cluster::position& at);

    std::optional<cluster::position> known_;
    node_id last_replica_;
    instant last_read_ = instant::min();
    std::uint32_t ticket_ = 0;
    bool answered_ = true;
    bool failed_ = false;
    bool read_since_asked_ = false;  // by a replica, since the ticket was given out
};

}  // namespace weir::routing

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
        answered_ = false;
        return ++ticket_;
    }

    /// The answer to a question. An answer to an older ticket does not cover the latest write.
    void on_position(std::uint32_t ticket, const std::optional<cluster::position>& at);

    /// A read was answered by this replica.
    void after_replica_read(node_id node, instant now) {
        last_replica_ = node;
        last_read_ = now;
    }

    /// The position of the latest write is not known: only the primary will do.
    bool unknown() const { return !answered_; }
    /// A ticket to ask again where the last question failed; nothing while one is under way.
    std::optional<std::uint32_t> ask_again();

    /// Takes in what the cluster has shown since the last read: where the replica that served it was
    /// probed afterwards, that position is all that the read can have seen, and any replica that has
    /// reached it will do; else only the same replica will.
    void settle(const cluster::snapshot& now_known);

    /// True where a read on this replica shows the session nothing older than it has seen or written.
    bool allows(const cluster::node_state& replica) const;

    const std::optional<cluster::position>& known() const { return known_; }

private:
    void raise(const cluster::position& at);

    std::optional<cluster::position> known_;
    node_id last_replica_;
    instant last_read_ = instant::min();
    std::uint32_t ticket_ = 0;
    bool answered_ = true;
    bool failed_ = false;
};

}  // namespace weir::routing

// pool: one worker's share of the backend connections of one (node, tenant): who has one, who waits,
// since when. Bookkeeping over ids; it opens and closes nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "base/strong_id.hpp"
#include "pool/ledger.hpp"

namespace weir::pool {

struct pool_limits {
    milliseconds wait{10000};
    milliseconds idle{600000};
    milliseconds lifetime{3600000};
};

/// What became of a request for a connection.
struct grant {
    std::optional<backend_id> backend;  // lent
    bool open = false;                  // open one more; the session waits in the queue
    bool starving = false;              // none may be opened: other workers should be asked
    bool refused = false;               // too many wait already: this one does not
};

/// What is to be done with a connection that became free.
struct placement {
    std::optional<session_id> next;  // lend it to this one
    bool hand_over = false;          // give it to a worker that starves
    bool close = false;              // it has lived long enough, or is one more than allowed
};

/// A connection that nobody uses any more.
struct returned {
    backend_id backend;
    instant opened;
    std::uint64_t state = 0;  // its settings, as a number
};

class pool {
public:
    pool(std::shared_ptr<account> books, pool_limits limits, unsigned worker)
        : books_(std::move(books)), limits_(limits), worker_(worker) {}

    /// state: settings that the session wants to find on the connection, as a number; of the idle ones
    /// one in that state is lent first.
    grant request(session_id who, instant now, std::uint64_t state = 0);
    /// A session does not want one any more. True where it was waiting.
    bool withdraw(session_id who);

    /// A connection that was being opened is there, in state 0.
    placement arrived(backend_id backend, instant opened, instant now);
    /// An idle connection that another worker has handed over.
    placement received(const returned& what, instant now);
    /// Opening failed: everybody who waits is told; returns them.
    std::vector<session_id> failed_to_open();
    /// A lent connection is clean again.
    placement released(const returned& what, instant now);
    /// A connection is gone; `lent`: it was lent and not released. True: open another one for those who
    /// wait.
    bool closed(backend_id backend, bool lent);
    /// To be asked now and then while somebody waits: what another worker has closed, or a higher limit,
    /// made room that nobody else tells of. True: open another one.
    bool opens_for_waiting();
    /// An idle connection for another worker, taken out of this pool (still counted in the ledger).
    std::optional<backend_id> give_away();

    /// Sessions that have waited too long, taken out of the queue.
    std::vector<session_id> expire_waiting(instant now);
    /// Idle connections that are too old, idle for too long, or more than allowed, taken out; the
    /// caller closes them and says closed().
    std::vector<backend_id> expire_idle(instant now);
    std::vector<backend_id> take_all_idle();

    /// While it is held nothing is lent and nothing is opened; what comes back is to be closed, and those who
    /// ask wait for as long as it takes.
    void hold(bool held) { held_ = held; }
    bool held() const { return held_; }
    /// Everybody who waits, the first one first, taken out of the queue.
    std::vector<session_id> take_all_waiting();

    void set_limits(pool_limits limits) { limits_ = limits; }
    std::size_t idle() const { return idle_.size(); }
    std::size_t lent() const { return lent_; }
    std::size_t opening() const { return opening_; }
    std::size_t waiting() const { return waiting_.size(); }
    duration longest_wait(instant now) const {
        return waiting_.empty() ? duration{} : now - waiting_.front().since;
    }
    bool owns_nothing() const { return idle_.empty() && lent_ == 0 && opening_ == 0; }
    account& books() { return *books_; }

private:
    struct waiter {
        session_id who;
        instant since;
    };
    struct resting {
        returned what;
        instant since;
    };

    bool is_over(instant opened, instant now) const;
    placement place(const returned& what, instant now);
    std::optional<session_id> next_waiter();
    void end_waiting();

    std::shared_ptr<account> books_;
    pool_limits limits_;
    unsigned worker_;
    std::vector<resting> idle_;  // the last one used is lent first
    std::deque<waiter> waiting_;
    std::size_t lent_ = 0;
    std::size_t opening_ = 0;
    bool held_ = false;
};

}  // namespace weir::pool

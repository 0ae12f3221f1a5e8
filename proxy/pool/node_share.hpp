// node_share: the bound on one node's connections over all pools that lead to it (max_per_node), and whose turn it
// is when it is reached: of the pools whose clients wait, those that have the fewest. Shared by the workers.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace weir::pool {

class node_share {
public:
    /// What one pool has of it.
    struct part {
        std::atomic<std::size_t> open{0};
        std::atomic<std::uint64_t> hungry{0};  // workers whose clients wait for one that the bound forbids
        std::uint64_t turn = 0;  // when it opened one last: of equals who waits longest comes first
    };

    /// limit: 0 is none.
    explicit node_share(std::size_t limit) : limit_(limit) {}

    void add(std::shared_ptr<part> of) {
        std::lock_guard guard(mutex_);
        parts_.push_back(std::move(of));
    }
    void set_limit(std::size_t limit) { limit_.store(limit, std::memory_order_relaxed); }

    /// Counts one more, where there is room and it is not another pool's turn. Else these workers are hungry.
    bool try_open(part& by, std::uint64_t workers) {
        std::lock_guard guard(mutex_);
        const auto limit = limit_.load(std::memory_order_relaxed);
        if (limit > 0 && (open_ >= limit || is_anothers_turn(by))) {
            by.hungry.fetch_or(workers, std::memory_order_relaxed);
            return false;
        }
        ++open_;
        by.open.fetch_add(1, std::memory_order_relaxed);
        by.turn = ++turns_;
        return true;
    }
    void closed(part& by) {
        std::lock_guard guard(mutex_);
        --open_;
        by.open.fetch_sub(1, std::memory_order_relaxed);
    }

    /// A connection that this pool gets back is to be closed for another pool, which would still have fewer.
    bool must_yield(const part& by) {
        if (limit_.load(std::memory_order_relaxed) == 0) return false;
        std::lock_guard guard(mutex_);
        const auto poorest = poorest_hungry(by);
        // Where there is less than one for each, they take turns.
        return poorest != nobody && (poorest == 0 || poorest + 1 < by.open.load(std::memory_order_relaxed));
    }
    /// Another pool waits, whatever it has.
    bool others_wait(const part& than) {
        if (limit_.load(std::memory_order_relaxed) == 0) return false;
        std::lock_guard guard(mutex_);
        return poorest_hungry(than) != nobody;
    }

private:
    static constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();

    bool is_anothers_turn(const part& by) const {
        const auto mine = std::pair(by.open.load(std::memory_order_relaxed), by.turn);
        return std::any_of(parts_.begin(), parts_.end(), [&](const auto& each) {
            return each.get() != &by && each->hungry.load(std::memory_order_relaxed) != 0 &&
                   std::pair(each->open.load(std::memory_order_relaxed), each->turn) < mine;
        });
    }
    std::size_t poorest_hungry(const part& but) const {
        std::size_t least = nobody;
        for (const auto& each : parts_) {
            if (each.get() == &but || each->hungry.load(std::memory_order_relaxed) == 0) continue;
            least = std::min(least, each->open.load(std::memory_order_relaxed));
        }
        return least;
    }

    std::atomic<std::size_t> limit_;
    std::mutex mutex_;
    std::size_t open_ = 0;
    std::uint64_t turns_ = 0;
    std::vector<std::shared_ptr<part>> parts_;
};

}  // namespace weir::pool

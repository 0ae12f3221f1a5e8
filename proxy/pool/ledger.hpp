// ledger: how many backend connections are open per (node, tenant), over all workers, idle ones
// included; and which workers want one that they may not open. The list of pools is guarded and asked only when a
// pool is made.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "pool/node_share.hpp"
#include "pool/tenant.hpp"

namespace weir::pool {

/// What bounds a pool; the same for all of them.
struct pool_bounds {
    std::size_t size = 20;          // connections of one pool
    std::size_t max_per_node = 0;   // of all pools of one node; 0: none
    std::size_t max_waiting = 0;    // clients that wait for one of a pool's; 0: none
};

/// One pool's account. Shared by the workers; outlives them all.
class account {
public:
    explicit account(const pool_bounds& bounds, std::shared_ptr<node_share> share = std::make_shared<node_share>(0))
        : share_(std::move(share)) {
        set(bounds);
        share_->add(part_);
    }

    /// True: one more may be opened, and is counted from now on. Else this worker is told of to others as one that
    /// waits, where it is the node's bound that forbids it.
    bool try_open(unsigned worker) {
        auto claimed = claimed_.load(std::memory_order_relaxed);
        do {
            if (claimed >= limit()) return false;
        } while (!claimed_.compare_exchange_weak(claimed, claimed + 1, std::memory_order_relaxed));
        if (share_->try_open(*part_, bit(worker))) return true;
        claimed_.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }
    /// One of those counted is gone.
    void closed() {
        claimed_.fetch_sub(1, std::memory_order_relaxed);
        share_->closed(*part_);
    }
    /// One that is given back should be closed: another pool of the node has fewer, and waits.
    bool must_yield() const { return share_->must_yield(*part_); }
    bool others_wait() const { return share_->others_wait(*part_); }

    std::size_t open() const { return claimed_.load(std::memory_order_relaxed); }
    std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }
    void set(const pool_bounds& bounds) {
        limit_.store(bounds.size, std::memory_order_relaxed);
        max_waiting_.store(bounds.max_waiting, std::memory_order_relaxed);
    }

    /// False: so many wait already that another one is turned away. `anyway`: none is.
    bool begin_waiting(bool anyway) {
        const auto most = max_waiting_.load(std::memory_order_relaxed);
        if (waiting_.fetch_add(1, std::memory_order_relaxed) < most || most == 0 || anyway) return true;
        end_waiting();
        return false;
    }
    void end_waiting() { waiting_.fetch_sub(1, std::memory_order_relaxed); }

    /// Workers whose clients wait although they may open nothing: bit n for worker n (mod 64).
    std::uint64_t starving() const { return starving_.load(std::memory_order_relaxed); }
    void starve(unsigned worker) { starving_.fetch_or(bit(worker), std::memory_order_relaxed); }
    void fed(unsigned worker) {
        starving_.fetch_and(~bit(worker), std::memory_order_relaxed);
        part_->hungry.fetch_and(~bit(worker), std::memory_order_relaxed);
    }

private:
    static std::uint64_t bit(unsigned worker) { return std::uint64_t{1} << (worker % 64); }

    std::shared_ptr<node_share> share_;
    std::shared_ptr<node_share::part> part_ = std::make_shared<node_share::part>();
    std::atomic<std::size_t> limit_{0};
    std::atomic<std::size_t> max_waiting_{0};
    std::atomic<std::size_t> claimed_{0};
    std::atomic<std::size_t> waiting_{0};
    std::atomic<std::uint64_t> starving_{0};
};

class ledger {
public:
    std::shared_ptr<account> find(const pool_key& key, const pool_bounds& bounds) {
        std::lock_guard guard(mutex_);
        auto& entry = accounts_[key];
        if (entry) return entry;
        auto& share = shares_[{key.whose.cluster, key.node}];
        if (!share) share = std::make_shared<node_share>(bounds.max_per_node);
        entry = std::make_shared<account>(bounds, share);
        return entry;
    }
    void set(const pool_bounds& bounds) {
        std::lock_guard guard(mutex_);
        for (auto& [key, entry] : accounts_) entry->set(bounds);
        for (auto& [node, share] : shares_) share->set_limit(bounds.max_per_node);
    }

private:
    std::mutex mutex_;
    std::map<pool_key, std::shared_ptr<account>> accounts_;
    std::map<std::pair<std::string, node_id>, std::shared_ptr<node_share>> shares_;
};

}  // namespace weir::pool

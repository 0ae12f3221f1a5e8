// ledger: how many backend connections are open per (node, tenant), over all workers, idle ones
// included; and which workers want one that they may not open. The count is atomic; the list of pools
// is guarded and asked only when a pool is made.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "pool/tenant.hpp"

namespace weir::pool {

/// One pool's account. Shared by the workers; outlives them all.
class account {
public:
    explicit account(std::size_t limit) : limit_(limit) {}

    /// True: one more may be opened, and is counted from now on.
    bool try_open() {
        auto open = open_.load(std::memory_order_relaxed);
        while (open < limit_.load(std::memory_order_relaxed)) {
            if (open_.compare_exchange_weak(open, open + 1, std::memory_order_relaxed)) return true;
        }
        return false;
    }
    /// One of those counted is gone.
    void closed() { open_.fetch_sub(1, std::memory_order_relaxed); }

    std::size_t open() const { return open_.load(std::memory_order_relaxed); }
    std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }
    void set_limit(std::size_t limit) { limit_.store(limit, std::memory_order_relaxed); }

    /// Workers whose clients wait although they may open nothing: bit n for worker n (mod 64).
    std::uint64_t starving() const { return starving_.load(std::memory_order_relaxed); }
    void starve(unsigned worker) { starving_.fetch_or(bit(worker), std::memory_order_relaxed); }
    void fed(unsigned worker) { starving_.fetch_and(~bit(worker), std::memory_order_relaxed); }

private:
    static std::uint64_t bit(unsigned worker) { return std::uint64_t{1} << (worker % 64); }

    std::atomic<std::size_t> limit_;
    std::atomic<std::size_t> open_{0};
    std::atomic<std::uint64_t> starving_{0};
};

class ledger {
public:
    std::shared_ptr<account> find(const pool_key& key, std::size_t limit) {
        std::lock_guard guard(mutex_);
        auto& entry = accounts_[key];
        if (!entry) entry = std::make_shared<account>(limit);
        return entry;
    }
    void set_limits(std::size_t limit) {
        std::lock_guard guard(mutex_);
        for (auto& [key, entry] : accounts_) entry->set_limit(limit);
    }

private:
    std::mutex mutex_;
    std::map<pool_key, std::shared_ptr<account>> accounts_;
};

}  // namespace weir::pool

#include "routing/token_buckets.hpp"

#include <algorithm>

namespace weir::routing {
namespace {

std::int64_t nanoseconds_of(instant at) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

std::uint64_t as_key(std::uint64_t key) { return key == 0 ? 1 : key; }

}  // namespace

token_buckets::token_buckets(const rate_limit& limit)
    : cost_(std::chrono::duration_cast<std::chrono::nanoseconds>(limit.window).count() /
            std::max<std::int64_t>(limit.count, 1)),
      capacity_(cost_ * std::max<std::int64_t>(limit.burst, 1)) {}

duration token_buckets::wait_at(std::int64_t full_at, std::int64_t now) const {
    const std::int64_t after = std::max(full_at, now) + cost_;
    return std::chrono::nanoseconds(std::max<std::int64_t>(after - now - capacity_, 0));
}

duration token_buckets::take(std::uint64_t key, instant at) {
    const auto now = nanoseconds_of(at);
    auto& mine = bucket_of(as_key(key), now);
    auto full_at = mine.full_at.load(std::memory_order_relaxed);
    for (;;) {
        const auto wait = wait_at(full_at, now);
        if (wait > duration::zero()) return wait;
        if (mine.full_at.compare_exchange_weak(full_at, std::max(full_at, now) + cost_,
                                               std::memory_order_relaxed))
            return duration::zero();
    }
}

duration token_buckets::wait_for(std::uint64_t key, instant at) const {
    const auto* mine = find(as_key(key));
    return mine == nullptr ? duration::zero()
                           : wait_at(mine->full_at.load(std::memory_order_relaxed), nanoseconds_of(at));
}

const token_buckets::bucket* token_buckets::find(std::uint64_t key) const {
    for (std::size_t i = 0; i < probes; ++i) {
        const auto& one = buckets_[(key + i) % bucket_count];
        if (one.key.load(std::memory_order_relaxed) == key) return &one;
    }
    return nullptr;
}

/// A bucket that is full again says nothing and is free for another key. Where none is, keys share one:
/// more than bucket_count of them are being limited at this moment.
token_buckets::bucket& token_buckets::bucket_of(std::uint64_t key, std::int64_t now) {
    if (const auto* mine = find(key)) return const_cast<bucket&>(*mine);
    for (std::size_t i = 0; i < probes; ++i) {
        auto& one = buckets_[(key + i) % bucket_count];
        auto owner = one.key.load(std::memory_order_relaxed);
        const bool free = owner == 0 || one.full_at.load(std::memory_order_relaxed) <= now;
        if (free && one.key.compare_exchange_strong(owner, key, std::memory_order_relaxed)) return one;
        if (owner == key) return one;
    }
    return buckets_[key % bucket_count];
}

}  // namespace weir::routing

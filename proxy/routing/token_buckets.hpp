// token_buckets: the token buckets of one rule, shared by all workers without a lock. A bucket is one
// number: the time at which it would be full again (the generic cell rate algorithm).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/instant.hpp"
#include "routing/policy.hpp"

namespace weir::routing {

class token_buckets {
public:
    explicit token_buckets(const rate_limit& limit);

    /// Takes a token for this key. How long to wait for the next one; zero: it was taken.
    duration take(std::uint64_t key, instant now);
    /// The same answer, and nothing is taken.
    duration wait_for(std::uint64_t key, instant now) const;

private:
    struct bucket {
        std::atomic<std::uint64_t> key{0};  // 0: nobody's
        std::atomic<std::int64_t> full_at{0};
    };
    static constexpr std::size_t bucket_count = 4096;
    static constexpr std::size_t probes = 16;

    bucket& bucket_of(std::uint64_t key, std::int64_t now);
    const bucket* find(std::uint64_t key) const;
    duration wait_at(std::int64_t full_at, std::int64_t now) const;

    std::int64_t cost_;      // of one token, nanoseconds
    std::int64_t capacity_;  // of the bucket
    std::array<bucket, bucket_count> buckets_;
};

}  // namespace weir::routing

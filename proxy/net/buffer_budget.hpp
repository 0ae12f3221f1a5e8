// buffer_budget: how many bytes all clients' buffers hold together, and how many they may. Shared by the workers,
// each of which counts for itself and tells of it now and then.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weir::net {

class buffer_budget {
public:
    void set_limit(std::size_t bytes) { limit_.store(static_cast<std::int64_t>(bytes), std::memory_order_relaxed); }
    void add(std::int64_t bytes) { held_.fetch_add(bytes, std::memory_order_relaxed); }
    /// limit 0: never.
    bool is_exceeded() const {
        const auto limit = limit_.load(std::memory_order_relaxed);
        return limit > 0 && held_.load(std::memory_order_relaxed) > limit;
    }
    std::size_t held() const {
        const auto held = held_.load(std::memory_order_relaxed);
        return held > 0 ? static_cast<std::size_t>(held) : 0;
    }

private:
    std::atomic<std::int64_t> limit_{0};
    std::atomic<std::int64_t> held_{0};
};

}  // namespace weir::net

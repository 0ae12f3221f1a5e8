// histogram: counts of durations by upper bound, the last one +Inf. Merging is adding.
#pragma once

#include <array>
#include <cstdint>

#include "base/instant.hpp"

namespace weir {

struct histogram {
    static constexpr std::array<double, 14> bounds_seconds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025,
                                                              0.005,  0.01,    0.025,  0.05,  0.1,
                                                              0.25,   1.0,     5.0,    30.0};
    std::array<std::uint64_t, bounds_seconds.size() + 1> counts{};
    double sum_seconds = 0;

    void add(duration d) {
        const double s = std::chrono::duration<double>(d).count();
        std::size_t i = 0;
        while (i < bounds_seconds.size() && s > bounds_seconds[i]) ++i;
        ++counts[i];
        sum_seconds += s;
    }
    void merge(const histogram& other) {
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
        sum_seconds += other.sum_seconds;
    }
    std::uint64_t total() const {
        std::uint64_t n = 0;
        for (auto c : counts) n += c;
        return n;
    }
};

}  // namespace weir

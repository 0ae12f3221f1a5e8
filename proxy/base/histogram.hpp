// histogram: counts of durations by upper bound, the last one +Inf. Merging is adding.
#pragma once

#include <algorithm>
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

/// The bound below which that share of the values is, in seconds: one of the histogram's, so at most that much too high.
/// 0: there is none; above the last bound it is the last.
inline double quantile(const histogram& of, double share) {
    const double wanted = share * static_cast<double>(of.total());
    double seen = 0;
    for (std::size_t i = 0; i < of.counts.size(); ++i) {
        seen += static_cast<double>(of.counts[i]);
        if (of.counts[i] > 0 && seen >= wanted) return histogram::bounds_seconds[std::min(i, of.bounds_seconds.size() - 1)];
    }
    return 0;
}

}  // namespace weir

// dice: the one source of chance in a simulated world. The same seed throws the same numbers on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/instant.hpp"

namespace weir::simulation {

class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u) {}

    /// SplitMix64.
    std::uint64_t roll() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    /// 0 to n - 1.
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(roll() % n); }
    std::size_t between(std::size_t least, std::size_t most) { return least + below(most - least + 1); }
    bool chance(unsigned per_cent) { return below(100) < per_cent; }
    duration between(duration least, duration most) {
        if (most <= least) return least;
        const auto width = static_cast<std::uint64_t>((most - least).count());
        return least + duration(static_cast<duration::rep>(roll() % width));
    }
    template <class T>
    const T& one_of(const std::vector<T>& all) {
        return all[below(all.size())];
    }
    /// For a part of the world whose chances must not depend on how often others throw.
    dice split() { return dice(roll()); }

private:
    std::uint64_t state_;
};

}  // namespace weir::simulation

// The words in which tests of the pool say what they expect: clients and connections by number, and
// every outcome by its name.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "pool/pool.hpp"

namespace weir::pool {

// For messages of failed expectations.
inline void PrintTo(const grant& g, std::ostream* out) {
    *out << (g.backend ? "lent " + std::to_string(g.backend->value) : "queued")
         << (g.open ? ", open" : "") << (g.starving ? ", starving" : "") << (g.refused ? ", refused" : "");
}
inline bool operator==(const grant& a, const grant& b) {
    return a.backend == b.backend && a.open == b.open && a.starving == b.starving && a.refused == b.refused;
}
inline void PrintTo(const placement& p, std::ostream* out) {
    *out << (p.next ? "for " + std::to_string(p.next->value) : "for nobody")
         << (p.hand_over ? ", hand over" : "") << (p.close ? ", close" : "");
}
inline bool operator==(const placement& a, const placement& b) {
    return a.next == b.next && a.hand_over == b.hand_over && a.close == b.close;
}

namespace testing {

inline constexpr instant start{};
inline constexpr pool_limits test_limits{milliseconds(1000), milliseconds(5000),
                                         milliseconds(60000)};

inline instant after(int ms) { return start + milliseconds(ms); }
inline session_id client(std::uint32_t n) { return session_id{n}; }
inline backend_id connection(std::uint64_t n) { return backend_id{n}; }

inline grant lent(std::uint64_t n) { return {connection(n), false, false}; }
inline constexpr grant queued{};
inline constexpr grant opens{std::nullopt, true, false};
inline constexpr grant starves{std::nullopt, false, true};

inline placement for_client(std::uint32_t n) { return {client(n), false, false}; }
inline constexpr placement rests{};
inline constexpr placement handed_over{std::nullopt, true, false};
inline constexpr placement to_close{std::nullopt, false, true};

inline std::shared_ptr<account> account_of(std::size_t limit) {
    return std::make_shared<account>(pool_bounds{.size = limit});
}

}  // namespace testing
}  // namespace weir::pool

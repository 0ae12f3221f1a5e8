// strong_id: an integer that cannot be mixed up with an integer of another meaning.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace weir {

template <class Tag, class Value = std::uint32_t>
struct strong_id {
    Value value = static_cast<Value>(-1);

    constexpr bool valid() const { return value != static_cast<Value>(-1); }
    constexpr auto operator<=>(const strong_id&) const = default;
};

/// A node's index in the cluster's configured list; stable until the next reload.
using node_id = strong_id<struct node_tag, std::uint16_t>;
/// A client session's slot in its worker, reused after the session ends.
using session_id = strong_id<struct session_tag>;
/// A backend connection, unique in the life of the process.
using backend_id = strong_id<struct backend_tag, std::uint64_t>;

}  // namespace weir

template <class Tag, class Value>
struct std::hash<weir::strong_id<Tag, Value>> {
    std::size_t operator()(weir::strong_id<Tag, Value> id) const noexcept {
        return std::hash<Value>()(id.value);
    }
};

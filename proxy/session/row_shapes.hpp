// row_shapes: what rows a statement was said to have, as a number for each statement. A driver that was
// told once reads all later rows by it; PostgreSQL refuses a statement whose rows have changed (FACTS 18).
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/bytes.hpp"

namespace weir::session {

/// Of a RowDescription's body: names, types, lengths and modifiers of the columns, as
/// equalTupleDescs() compares them; formats and origins do not count. 1: no rows at all.
std::uint64_t row_shape(bytes_view row_description);
inline constexpr std::uint64_t no_rows = 1;

class row_shapes {
public:
    /// unnamed: as the unnamed statement, which has a plan of its own.
    void set(std::uint64_t statement, bool unnamed, std::uint64_t shape) {
        const auto name = key(statement, unnamed);
        if (const auto found = known_.find(name); found != known_.end()) {
            found->second = shape;
        } else if (spare_) {
            spare_.key() = name;
            spare_.mapped() = shape;
            known_.insert(std::move(spare_));
        } else {
            known_.emplace(name, shape);
        }
    }
    std::optional<std::uint64_t> find(std::uint64_t statement, bool unnamed) const {
        auto found = known_.find(key(statement, unnamed));
        return found == known_.end() ? std::nullopt : std::optional(found->second);
    }
    void erase(std::uint64_t statement, bool unnamed) { drop(known_.find(key(statement, unnamed))); }
    /// What `from` holds; it is empty then.
    void take(row_shapes& from) {
        known_.merge(from.known_);
        for (const auto& [key, shape] : from.known_) known_[key] = shape;  // those that both have
        from.clear();
        if (!from.spare_) from.spare_ = std::move(spare_);
    }
    void clear() {
        if (!known_.empty()) drop(known_.begin());
        known_.clear();
    }
    std::size_t size() const { return known_.size(); }

private:
    static std::uint64_t key(std::uint64_t statement, bool unnamed) {
        return statement << 1 | (unnamed ? 1 : 0);
    }
    using table = std::unordered_map<std::uint64_t, std::uint64_t>;

    /// Its memory is kept for the next: a client that describes in every cycle takes none from the heap.
    void drop(table::iterator which) {
        if (which == known_.end()) return;
        auto node = known_.extract(which);
        if (!spare_) spare_ = std::move(node);
    }

    table known_;
    table::node_type spare_;
};

}  // namespace weir::session

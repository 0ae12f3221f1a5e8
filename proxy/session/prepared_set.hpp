// prepared_set: which statements are prepared on one backend connection, bounded, the least recently
// used goes first. Ids only; the connection knows them by "weir_<id>".
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

namespace weir::session {

class prepared_set {
public:
    /// True where it is there; it is the most recently used then.
    bool touch(std::uint64_t id) {
        auto found = where_.find(id);
        if (found == where_.end()) return false;
        order_.splice(order_.begin(), order_, found->second);
        return true;
    }

    void add(std::uint64_t id) {
        order_.push_front(id);
        where_[id] = order_.begin();
    }

    void remove(std::uint64_t id) {
        auto found = where_.find(id);
        if (found == where_.end()) return;
        order_.erase(found->second);
        where_.erase(found);
    }

    /// The one to close so that no more than `limit` remain, taken out of the set.
    std::optional<std::uint64_t> evict(std::size_t limit) {
        if (where_.size() <= limit) return std::nullopt;
        auto id = order_.back();
        remove(id);
        return id;
    }

    void clear() {
        order_.clear();
        where_.clear();
    }
    std::size_t size() const { return where_.size(); }

private:
    std::list<std::uint64_t> order_;
    std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> where_;
};

}  // namespace weir::session

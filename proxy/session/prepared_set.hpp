// prepared_set: which statements are prepared on one backend connection, bounded, the least recently
// used goes first. Ids only; the connection knows them by "weir_<id>".
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::session {

class prepared_set {
public:
    /// True where it is there; it is the most recently used then.
    bool touch(std::uint64_t id) {
        auto found = now_.where.find(id);
        if (found == now_.where.end()) return false;
        now_.order.splice(now_.order.begin(), now_.order, found->second);
        return true;
    }

    void add(std::uint64_t id) {
        if (touch(id)) return;
        now_.order.push_front(id);
        now_.where[id] = now_.order.begin();
    }

    void remove(std::uint64_t id) {
        auto found = now_.where.find(id);
        if (found == now_.where.end()) return;
        now_.order.erase(found->second);
        now_.where.erase(found);
    }

    /// It is there and of no use: to be closed before it is prepared again.
    void forget(std::uint64_t id) {
        remove(id);
        stale_.push_back(id);
    }
    bool take_stale(std::uint64_t id) { return std::erase(stale_, id) > 0; }

    /// The one to close so that no more than `limit` remain, taken out of the set.
    std::optional<std::uint64_t> evict(std::size_t limit) {
        if (now_.where.size() <= limit) return std::nullopt;
        auto id = now_.order.back();
        remove(id);
        return id;
    }

    void clear() {
        stale_.clear();
        now_ = {};
        before_.clear();
    }

    /// A message was sent that empties the set when the server runs it: what is added from now on is
    /// added behind it. settle_clear(): it ran (the oldest of them); take_back_clear(): it did not (the
    /// newest).
    void begin_clear() {
        before_.push_back(std::move(now_));
        now_ = {};
    }
    void settle_clear() {
        if (!before_.empty()) before_.erase(before_.begin());
    }
    void take_back_clear() {
        if (before_.empty()) return;
        now_ = std::move(before_.back());
        before_.pop_back();
    }

    std::size_t size() const { return now_.where.size(); }

private:
    struct contents {
        std::list<std::uint64_t> order;
        std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> where;
    };

    std::vector<std::uint64_t> stale_;
    contents now_;
    std::vector<contents> before_;  // what stood before each clear that is under way
};

}  // namespace weir::session

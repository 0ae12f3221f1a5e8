// learned_set: statements that a replica has refused although they were judged to be reads: they go to the
// primary from then on (DESIGN section 5, "safe learning"). One a worker, for all its sessions; bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

#include "query/digest.hpp"

namespace weir::session {

/// What was refused, and what people are to know of it.
struct refusal {
    query::digest shape;
    std::uint64_t where = 0;  // hash of user, database and search_path: names resolve by these
    std::string user;
    std::string database;
    std::string text;     // the statement without its literals
    std::string message;  // the replica's
};

class learned_set {
public:
    explicit learned_set(std::size_t most = 1000) : most_(most) {}

    bool empty() const { return order_.empty(); }
    bool holds(query::digest shape, std::uint64_t where) const { return found_.contains({shape, where}); }
    /// The oldest gives way.
    void note(refusal what) {
        const key id{what.shape, what.where};
        if (found_.contains(id) || most_ == 0) return;
        if (order_.size() >= most_) {
            found_.erase({order_.front().shape, order_.front().where});
            order_.pop_front();
        }
        order_.push_back(std::move(what));
        found_.emplace(id, std::prev(order_.end()));
    }
    void clear() {
        found_.clear();
        order_.clear();
    }
    const std::list<refusal>& all() const { return order_; }  // the oldest first

private:
    struct key {
        query::digest shape;
        std::uint64_t where;
        bool operator==(const key&) const = default;
    };
    struct key_hash {
        std::size_t operator()(const key& k) const noexcept { return k.shape.low ^ k.where; }
    };

    std::size_t most_;
    std::list<refusal> order_;
    std::unordered_map<key, std::list<refusal>::iterator, key_hash> found_;
};

}  // namespace weir::session

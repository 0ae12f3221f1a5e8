// expiring_cache: values by name, each for a time; so many at most: the one not asked for longest makes room.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/instant.hpp"

namespace weir {

template <class Value>
class expiring_cache {
public:
    explicit expiring_cache(std::size_t most) : most_(most) {}

    /// Null: it was never put, or its time is over. Valid until the next call.
    const Value* find(const std::string& name, instant now) {
        const auto found = by_name_.find(name);
        if (found == by_name_.end()) return nullptr;
        if (found->second->until <= now) {
            erase(name);
            return nullptr;
        }
        order_.splice(order_.end(), order_, found->second);
        return &found->second->held;
    }

    void put(const std::string& name, Value held, instant until) {
        erase(name);
        if (by_name_.size() >= most_) erase(std::string(order_.front().name));
        order_.push_back({name, std::move(held), until});
        by_name_[name] = std::prev(order_.end());
    }

    /// Its time is over at `until`, if not before.
    void shorten(const std::string& name, instant until) {
        const auto found = by_name_.find(name);
        if (found != by_name_.end() && until < found->second->until) found->second->until = until;
    }

    void erase(const std::string& name) {
        const auto found = by_name_.find(name);
        if (found == by_name_.end()) return;
        order_.erase(found->second);
        by_name_.erase(found);
    }

    void clear() {
        by_name_.clear();
        order_.clear();
    }
    std::size_t size() const { return by_name_.size(); }

private:
    struct entry {
        std::string name;
        Value held;
        instant until;
    };

    const std::size_t most_;
    std::list<entry> order_;  // the one asked for last at the end
    std::unordered_map<std::string, typename std::list<entry>::iterator> by_name_;
};

}  // namespace weir

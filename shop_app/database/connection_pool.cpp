#include "database/connection_pool.hpp"

#include <functional>

#include "database/failure.hpp"
#include "database/sight.hpp"

namespace shop::database {

affinity affinity_of(std::int64_t user_id) { return static_cast<std::uint64_t>(user_id); }

affinity affinity_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

connection_pool::connection_pool(address to, std::size_t places)
    : to_(std::move(to)), places_(places) {}

std::optional<std::size_t> connection_pool::free_place(affinity key) const {
    if (key) {
        const auto index = static_cast<std::size_t>(*key % places_.size());
        return places_[index].is_taken ? std::nullopt : std::optional(index);
    }
    std::optional<std::size_t> unopened;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (places_[i].is_taken) continue;
        if (places_[i].open) return i;
        if (!unopened) unopened = i;
    }
    return unopened;
}

connection_pool::lease connection_pool::take(affinity key) {
    std::optional<std::size_t> index;
    {
        std::unique_lock lock(guard_);
        const bool has_place = returned_.wait_for(lock, to_.query_timeout, [&] {
            index = free_place(key);
            return index.has_value();
        });
        if (!has_place) {
            throw failure(failure_kind::unreachable, "", "all database connections are in use");
        }
        places_[*index].is_taken = true;
    }
    // From here on the place is this thread's alone.
    lease taken(*this, *index);
    auto& open = places_[*index].open;
    if (open && !open->is_fit()) open.reset();
    if (!open) open = std::make_unique<connection>(to_);
    sight::bring_to(*open);
    return taken;
}

void connection_pool::give_back(std::size_t index) {
    auto& open = places_[index].open;
    // Closed now and not when the place is next needed: it may hold locks.
    if (open && !open->is_idle()) open.reset();
    {
        const std::lock_guard lock(guard_);
        places_[index].is_taken = false;
    }
    // All: a waiter may want another place than this one.
    returned_.notify_all();
}

}  // namespace shop::database

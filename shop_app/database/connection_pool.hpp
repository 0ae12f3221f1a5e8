// The shop's connections to its database: a fixed number of places, each opened when first needed,
// mended when found broken. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "database/connection.hpp"

namespace shop::database {

// What belongs together: requests with one key are served through one connection, one after the
// other. Behind Weir a connection is a session that reads its own writes, so whoever has just
// placed an order finds it, whichever server reads are sent to.
using affinity = std::optional<std::uint64_t>;

affinity affinity_of(std::int64_t user_id);
affinity affinity_of(std::string_view text);

class connection_pool {
public:
    connection_pool(address to, std::size_t places);

    class lease {
    public:
        lease(lease&& other) noexcept : pool_(other.pool_), place_(other.place_) {
            other.pool_ = nullptr;
        }
        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;
        lease& operator=(lease&&) = delete;
        ~lease() {
            if (pool_ != nullptr) pool_->give_back(place_);
        }
        connection& operator*() const { return *pool_->places_[place_].open; }

    private:
        friend class connection_pool;
        lease(connection_pool& pool, std::size_t place) : pool_(&pool), place_(place) {}
        connection_pool* pool_;
        std::size_t place_;
    };

    // Waits for its turn as long as a statement may take; throws failure when that is over or
    // when the database cannot be reached.
    lease take(affinity key = std::nullopt);

private:
    struct place {
        std::unique_ptr<connection> open;
        bool is_taken = false;
    };

    std::optional<std::size_t> free_place(affinity key) const;
    void give_back(std::size_t index);

    address to_;
    std::mutex guard_;
    std::condition_variable returned_;
    std::vector<place> places_;
};

}  // namespace shop::database

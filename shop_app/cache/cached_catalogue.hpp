// The catalogue with a cache beside it (cache-aside): what is there is answered from it, what is not is read and put
// there, and a write makes what is there void. A read that fills the cache is told the position of the last write
// (Weir's token), so that no replica that lags brings back what was just made void.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cache/redis.hpp"
#include "records/catalogue.hpp"

namespace shop::cache {

class cached_catalogue {
public:
    // null: without a cache.
    cached_catalogue(records::catalogue& source, redis* store) : source_(source), store_(store) {}

    std::vector<core::category> categories() { return source_.categories(); }
    core::product_list list(const core::product_filter& filter);
    std::optional<core::product> find(std::int64_t id);

    // Their stock has been changed, and what has been seen by then (a token of Weir's, "": not known).
    void note_sold(const std::vector<std::int64_t>& products, const std::string& token);
    // Their price, or what an administrator has brought: lists are void, too.
    void note_edited(const std::vector<std::int64_t>& products, const std::string& token);

    std::uint64_t hits() const { return hits_; }
    std::uint64_t misses() const { return misses_; }

private:
    struct names {
        std::string entry;
        std::string generation;
        std::string last_write;
    };
    static names names_of(std::int64_t product);
    static names names_of(const core::product_filter& filter);

    // The entry while the generation is what it was; else what `read` brings, which is kept.
    using reader = std::function<std::optional<boost::json::object>(const std::string& no_older_than)>;
    std::optional<boost::json::object> body(const names& of, std::chrono::seconds kept, const reader& read);
    void raise(const std::vector<names>& changed, const std::string& token);

    records::catalogue& source_;
    redis* store_;
    std::atomic<std::uint64_t> hits_{0};
    std::atomic<std::uint64_t> misses_{0};
};

}  // namespace shop::cache

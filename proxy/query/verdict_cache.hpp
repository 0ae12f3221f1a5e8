// verdict_cache: digest -> facts, bounded in bytes, least recently used goes first. One per worker,
// so that it needs no lock. A text whose literals matter is looked up by the digest of all of it; so is any
// text first, as programs send most of theirs again and again without a change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "query/analyze.hpp"
#include "query/digest.hpp"
#include "query/resolve.hpp"

namespace weir::query {

/// What a name can resolve to depends on these; a change makes other verdicts (DESIGN section 5).
struct resolution {
    std::uint64_t catalog_version = 0;
    std::uint64_t path_and_role = 0;  // hash of database, search_path and role

    bool operator==(const resolution&) const = default;
};

struct verdict {
    digest shape;
    hint wish = hint::none;
    std::shared_ptr<const facts> known;  // never null
};

class verdict_cache {
public:
    struct counters {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
        std::uint64_t evictions = 0;
    };

    verdict_cache(std::size_t limit_bytes, std::size_t parse_limit_bytes, digest_key key);

    /// The facts of a text, from memory or freshly analysed.
    verdict look_up(std::string_view text, const resolution& where);

    /// What `known` comes to with what its names stand for: itself where that does not matter or is
    /// not known.
    std::shared_ptr<const facts> resolved(const std::shared_ptr<const facts>& known, name_view in);

    const counters& counts() const { return counts_; }
    std::size_t used_bytes() const { return used_bytes_; }
    std::size_t entries() const { return entries_.size(); }

private:
    struct key {
        digest shape;
        resolution where;
        bool operator==(const key&) const = default;
    };
    struct key_hash {
        std::size_t operator()(const key& k) const noexcept;
    };
    struct entry {
        key id;
        std::shared_ptr<const facts> known;
        std::size_t cost;
        std::shared_ptr<const facts> of;  // whose address is the key, where it was resolved
    };

    /// A text that was met before, byte for byte: its shape need not be made again.
    struct known_text {
        digest raw;
        digest shape;
        digest id;  // what its facts are kept by: its shape, or raw where its literals matter
        hint wish = hint::none;
    };

    verdict look_up_shape(std::string_view text, const resolution& where, const digest& raw);
    known_text* place_of(const digest& raw);
    bool may_know_text();
    void learn_from(bool knew);
    const entry* find(const key& id);
    std::shared_ptr<const facts> remember(const key& id, facts&& made,
                                          std::shared_ptr<const facts> of = nullptr);

    std::size_t limit_bytes_;
    std::size_t parse_limit_bytes_;
    digest_key key_;
    std::size_t used_bytes_ = 0;
    counters counts_;
    std::vector<known_text> texts_;  // each at the place that its digest says; the last one stays
    std::uint32_t tried_ = 0;        // of the texts of this span that were looked for
    std::uint32_t knew_ = 0;
    std::uint32_t not_tried_ = 0;    // left, after a span in which hardly any was known
    std::list<entry> order_;  // most recently used first
    std::unordered_map<key, std::list<entry>::iterator, key_hash> entries_;
};

}  // namespace weir::query

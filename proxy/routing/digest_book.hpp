// digest_book: the shapes of statements that one worker has seen: what they look like, where they went,
// and which regular expressions of the rules they match. Bounded in bytes, least recently used goes first.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "query/digest.hpp"

namespace weir::routing {

/// The digest of a text that people see and rules name: the same in every worker and every Weir. (The one
/// that caches go by is keyed, so that nobody can make two texts share a verdict.)
query::digest public_digest(std::string_view text);
/// From 32 hexadecimal digits; false where the text has another form.
bool parse_digest(std::string_view text, query::digest& to);

struct digest_entry {
    query::digest shown;       // public_digest()
    std::string text;          // digest text, cut; empty where literals cannot be told from it
    std::uint64_t on_primary = 0;
    std::uint64_t on_replica = 0;
    std::uint64_t repeated = 0;  // of those on the primary: a replica did not answer
    std::uint64_t refused = 0;   // by a rule
    bool learned = false;        // a replica has refused it: it goes to the primary
    // Of the rule_set with this number: per regular expression unknown, no, yes.
    std::uint64_t matched_with = 0;
    std::vector<std::uint8_t> matches = {};
};

class digest_book {
public:
    explicit digest_book(std::size_t limit_bytes = std::size_t{2} << 20) : limit_bytes_(limit_bytes) {}

    /// The entry of a shape, made of this text where there is none; never null. It can be counted in after
    /// the book has forgotten it.
    std::shared_ptr<digest_entry> look_up(const query::digest& shape, std::string_view text);

    template <class Function>
    void for_each(Function f) const {
        for (const auto& kept : order_) f(*kept.what);
    }
    std::size_t entries() const { return entries_.size(); }
    std::size_t used_bytes() const { return used_bytes_; }
    std::uint64_t forgotten() const { return forgotten_; }

private:
    struct kept_entry {
        query::digest shape;
        std::shared_ptr<digest_entry> what;
        std::size_t cost;
    };

    std::size_t limit_bytes_;
    std::size_t used_bytes_ = 0;
    std::uint64_t forgotten_ = 0;
    std::list<kept_entry> order_;  // most recently used first
    std::unordered_map<query::digest, std::list<kept_entry>::iterator> entries_;
};

}  // namespace weir::routing

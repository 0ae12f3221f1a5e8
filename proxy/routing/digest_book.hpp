// digest_book: the shapes of statements that one worker has seen: what they look like, where they went,
// how long they took, and which regular expressions of the rules they match. Bounded in bytes: those that come often
// stay, however many come once (GCLOCK: a hand goes round, halves what was counted, and takes what has nothing left).
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/histogram.hpp"
#include "query/digest.hpp"
#include "query/facts.hpp"
#include "routing/reason.hpp"

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
    std::uint64_t errors = 0;    // an error was the answer
    std::uint64_t rows = 0;      // by the tags of the server: read or changed
    std::array<histogram, 2> seconds = {};  // [0] on the primary, [1] on replicas
    // What is known of it, as last looked at.
    bool read_only = false;
    query::obstacle why_not = query::obstacle::none;
    query::statement_kind kind = query::statement_kind::write;
    reason last = reason::read;  // why it ran where it ran the last time
    std::uint64_t weight = 0;    // how often it was looked up, less as the hand passes
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
        for (const auto& kept : ring_) f(*kept.what);
    }
    /// What was counted is forgotten, and the shapes are not.
    void clear_counts();
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
    using ring = std::list<kept_entry>;
    void make_room(std::size_t bytes);

    ring ring_;
    ring::iterator hand_ = ring_.end();
    std::unordered_map<query::digest, ring::iterator> entries_;
};

}  // namespace weir::routing

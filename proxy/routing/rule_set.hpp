// rule_set: the rules of one configuration, made ready to be matched. Immutable but for the token buckets,
// shared by all workers. What a session is decides once which rules are left for it; the others are never
// looked at again.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "query/facts.hpp"
#include "base/client_range.hpp"
#include "routing/digest_book.hpp"
#include "routing/policy.hpp"
#include "routing/token_buckets.hpp"

namespace re2 {
class RE2;
}

namespace weir::routing {

/// What is wrong with a regular expression; empty: nothing.
std::string regex_trouble(const std::string& regex);

struct session_traits {
    std::string_view user;
    std::string_view database;
    std::string_view application_name;
    std::string_view client;  // address, as client_range takes it
};

/// One statement of a request. Text and facts belong to the caller.
struct seen_statement {
    std::shared_ptr<digest_entry> shape;
    std::string_view text;
    const query::facts* known = nullptr;
    query::hint wish = query::hint::none;
};

struct request_traits {
    std::span<const seen_statement> statements;  // none: not understood, or too large to be looked at
    bool in_transaction = false;
};

/// Indices of the rules that are left for a session, in their order.
using session_rules = std::vector<std::uint16_t>;

class rule_set {
public:
    rule_set() = default;
    /// They have been found sound: regular expressions compile, ranges can be read.
    explicit rule_set(std::vector<rule> rules);

    std::size_t size() const { return rules_.size(); }
    bool empty() const { return rules_.empty(); }
    const rule& operator[](std::size_t index) const { return rules_[index]; }
    const std::vector<rule>& all() const { return rules_; }

    session_rules settle(const session_traits& who) const;

    /// The first that matches of those that act. Shadow rules that come before it and match go to `shadows`.
    std::optional<std::size_t> match(const session_rules& left, const request_traits& what,
                                     std::vector<std::uint16_t>& shadows) const;

    /// For a rule with a rate limit: how long to wait for the next token; zero: it was taken.
    duration take_token(std::size_t index, std::string_view user, const request_traits& what,
                        instant now) const;
    /// ... and nothing is taken.
    duration token_wait(std::size_t index, std::string_view user, const request_traits& what,
                        instant now) const;

private:
    struct compiled {
        std::optional<client_range> client;
        query::digest digest{};
        std::shared_ptr<const re2::RE2> regex;
        std::size_t regex_number = 0;
        std::shared_ptr<token_buckets> buckets;
    };

    bool matches(std::size_t index, const request_traits& what) const;
    bool matches(std::size_t index, const seen_statement& one) const;
    bool regex_matches(const compiled& c, const seen_statement& one) const;
    std::uint64_t bucket_key(std::size_t index, std::string_view user, const request_traits& what) const;

    std::uint64_t number_ = 0;  // of this set, in the process
    std::size_t regex_count_ = 0;
    std::vector<rule> rules_;
    std::vector<compiled> compiled_;
};

}  // namespace weir::routing

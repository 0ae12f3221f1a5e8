#include "routing/rule_set.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <atomic>
#include <functional>

namespace weir::routing {
namespace {

constexpr std::uint8_t not_tried = 0;
constexpr std::uint8_t no = 1;
constexpr std::uint8_t yes = 2;
constexpr std::int64_t regex_memory_bytes = 8 << 20;

re2::RE2::Options regex_options() {
    re2::RE2::Options how;
    how.set_log_errors(false);
    how.set_max_mem(regex_memory_bytes);
    return how;
}

std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

bool accepts(const std::string& wanted, std::string_view actual) {
    return wanted.empty() || wanted == actual;
}

/// "orders" is every relation of that name, "sales.orders" that which is written so.
bool names(const std::string& relation, const std::string& table) {
    if (relation == table) return true;
    if (table.find('.') != std::string::npos || relation.size() <= table.size()) return false;
    return relation.ends_with(table) && relation[relation.size() - table.size() - 1] == '.';
}

bool mentions(const query::facts& f, const std::string& table) {
    return std::any_of(f.relations.begin(), f.relations.end(),
                       [&](const std::string& relation) { return names(relation, table); });
}

}  // namespace

std::string regex_trouble(const std::string& regex) {
    const re2::RE2 tried(regex, regex_options());
    return tried.ok() ? "" : tried.error();
}

rule_set::rule_set(std::vector<rule> rules) : number_(next_number()), rules_(std::move(rules)) {
    for (const rule& r : rules_) {
        auto& c = compiled_.emplace_back();
        if (!r.client.empty()) c.client = client_range::parse(r.client);
        if (!r.digest.empty()) (void)parse_digest(r.digest, c.digest);
        if (!r.regex.empty()) {
            c.regex = std::make_shared<const re2::RE2>(r.regex, regex_options());
            c.regex_number = regex_count_++;
        }
        if (r.rate) c.buckets = std::make_shared<token_buckets>(*r.rate);
    }
}

session_rules rule_set::settle(const session_traits& who) const {
    session_rules left;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        const rule& r = rules_[i];
        if (!r.enabled || !accepts(r.user, who.user) || !accepts(r.database, who.database) ||
            !accepts(r.application_name, who.application_name))
            continue;
        if (compiled_[i].client && !compiled_[i].client->contains(who.client)) continue;
        left.push_back(static_cast<std::uint16_t>(i));
        // Nothing behind a rule that always matches is ever reached.
        if (!r.shadow && !r.in_transaction && !r.asks_for_statement()) break;
    }
    left.shrink_to_fit();
    return left;
}

std::optional<std::size_t> rule_set::match(const session_rules& left, const request_traits& what,
                                           std::vector<std::uint16_t>& shadows) const {
    shadows.clear();
    for (const auto index : left) {
        if (!matches(index, what)) continue;
        if (!rules_[index].shadow) return index;
        shadows.push_back(index);
    }
    return std::nullopt;
}

bool rule_set::matches(std::size_t index, const request_traits& what) const {
    const rule& r = rules_[index];
    if (r.in_transaction && *r.in_transaction != what.in_transaction) return false;
    if (!r.asks_for_statement()) return true;
    return std::any_of(what.statements.begin(), what.statements.end(),
                       [&](const seen_statement& one) { return matches(index, one); });
}

bool rule_set::matches(std::size_t index, const seen_statement& one) const {
    const rule& r = rules_[index];
    const compiled& c = compiled_[index];
    if (r.hint && *r.hint != one.wish) return false;
    if (!r.digest.empty() && c.digest != one.shape->shown) return false;
    if (!r.table.empty() && !mentions(*one.known, r.table)) return false;
    return r.regex.empty() || regex_matches(c, one);
}

/// Tried once for each shape that a worker remembers.
bool rule_set::regex_matches(const compiled& c, const seen_statement& one) const {
    auto& shape = *one.shape;
    if (shape.matched_with != number_) {
        shape.matched_with = number_;
        shape.matches.assign(regex_count_, not_tried);
    }
    auto& known = shape.matches[c.regex_number];
    if (known == not_tried)
        known = re2::RE2::PartialMatch(query::digest_text(one.text), *c.regex) ? yes : no;
    return known == yes;
}

std::uint64_t rule_set::bucket_key(std::size_t index, std::string_view user,
                                   const request_traits& what) const {
    switch (rules_[index].rate->each) {
        case rate_scope::user: return std::hash<std::string_view>{}(user);
        case rate_scope::rule: return 1;
        case rate_scope::digest: break;
    }
    const auto& all = what.statements;
    if (all.empty()) return 1;
    // Of several statements the first that the rule is about.
    const auto one = std::find_if(all.begin(), all.end(),
                                  [&](const seen_statement& s) { return matches(index, s); });
    return (one == all.end() ? all.front() : *one).shape->shown.low;
}

duration rule_set::take_token(std::size_t index, std::string_view user, const request_traits& what,
                              instant now) const {
    return compiled_[index].buckets->take(bucket_key(index, user, what), now);
}

duration rule_set::token_wait(std::size_t index, std::string_view user, const request_traits& what,
                              instant now) const {
    return compiled_[index].buckets->wait_for(bucket_key(index, user, what), now);
}

}  // namespace weir::routing

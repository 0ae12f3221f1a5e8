#include "auth/attempt_book.hpp"

#include <algorithm>

namespace weir::auth {
namespace {

/// A NUL is in no name.
std::string key_of(std::string_view host, std::string_view user) {
    std::string made(host);
    made += '\0';
    made += user;
    return made;
}

}  // namespace

attempt_book::entry* attempt_book::find(const std::string& key, instant now) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    if (now - found->second.last <= remembered) return &found->second;
    erase(key);
    return nullptr;
}

void attempt_book::erase(const std::string& key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    order_.erase(found->second.place);
    entries_.erase(found);
}

milliseconds attempt_book::turn_of(std::string_view host, std::string_view user, milliseconds apart, instant now) {
    if (entries_.empty() || apart <= milliseconds{0}) return milliseconds{0};
    instant turn = now;
    const auto queue = [&](entry* of, int free, duration step) {
        if (of == nullptr || of->failures < free) return;
        of->next = std::max(of->next, now) + step;
        turn = std::max(turn, of->next);
    };
    queue(find(key_of(host, user), now), free_as_one, apart);
    queue(find(std::string(host), now), free_as_any, duration(apart) / any_per_one);
    return std::chrono::ceil<milliseconds>(turn - now);
}

void attempt_book::fail(const std::string& key, instant now) {
    auto* of = find(key, now);
    if (of == nullptr) {
        if (entries_.size() >= most_entries) erase(std::string(order_.front()));
        order_.push_back(key);
        of = &entries_[key];
        of->place = std::prev(order_.end());
    }
    ++of->failures;
    of->last = now;
    order_.splice(order_.end(), order_, of->place);
}

void attempt_book::note_failure(std::string_view host, std::string_view user, instant now) {
    fail(key_of(host, user), now);
    fail(std::string(host), now);
}

void attempt_book::note_success(std::string_view host, std::string_view user) {
    if (!entries_.empty()) erase(key_of(host, user));
}

}  // namespace weir::auth

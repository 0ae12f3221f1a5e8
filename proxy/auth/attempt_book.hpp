// attempt_book: who has failed to prove who he is, and so has to wait before he may try again. Whoever has not failed
// often never waits. Bounded: what has not been heard of for longest is forgotten.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/instant.hpp"

namespace weir::auth {

class attempt_book {
public:
    /// Failures that cost nothing: as one user from one host, and as anybody from there.
    static constexpr int free_as_one = 5;
    static constexpr int free_as_any = 100;
    /// Attempts from one host as anybody come this many times as often as those as one user.
    static constexpr int any_per_one = 20;
    static constexpr std::chrono::minutes remembered{10};
    static constexpr std::size_t most_entries = 8192;

    /// The next attempt's turn; zero: now. Each one that is asked for comes `apart` behind the one before, so that many
    /// at once are no faster. host: as client_host() makes it.
    milliseconds turn_of(std::string_view host, std::string_view user, milliseconds apart, instant now);
    void note_failure(std::string_view host, std::string_view user, instant now);
    /// The right secret: whoever has mistyped it is not suspected any more.
    void note_success(std::string_view host, std::string_view user);
    std::size_t size() const { return entries_.size(); }

private:
    struct entry {
        int failures = 0;
        instant last = {};
        instant next = {};  // turn
        std::list<std::string>::iterator place;
    };

    entry* find(const std::string& key, instant now);
    void fail(const std::string& key, instant now);
    void erase(const std::string& key);

    std::unordered_map<std::string, entry> entries_;
    std::list<std::string> order_;  // the one to be forgotten first at the front
};

}  // namespace weir::auth

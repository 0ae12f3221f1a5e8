// waiting_room: those who are connected and have not yet proved who they are: so many in all, so many of one host.
// Whoever has been in there longest makes room for the next, so that clients that never get on keep nobody out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "base/instant.hpp"

namespace weir::auth {

class waiting_room {
public:
    struct limits {
        std::size_t in_all = 4000;
        std::size_t per_host = 2000;
    };
    /// Nobody who has been in there for less is sent away for another: a crowd that comes at once is served in turn.
    static constexpr milliseconds grace{1000};

    struct place {
        std::uint64_t ticket = 0;
        unsigned worker = 0;  // who serves it
    };
    struct entry {
        std::optional<std::uint64_t> ticket;  // nothing: there is no room
        std::optional<place> sent_away = {};
    };
    entry enter(std::string_view host, unsigned worker, limits most, instant now);
    /// Does nothing where it has left already.
    void leave(std::uint64_t ticket);
    std::size_t size() const { return guests_.size(); }

private:
    struct guest {
        std::string host;
        unsigned worker;
        instant since;
    };

    std::optional<place> make_room(std::uint64_t oldest, instant now);

    std::uint64_t last_ticket_ = 0;
    std::map<std::uint64_t, guest> guests_;  // the oldest first
    std::unordered_map<std::string, std::set<std::uint64_t>> by_host_;
};

}  // namespace weir::auth

// phase: what a session is doing; every wait of a client is one.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::session {

enum class phase : std::uint8_t {
    login,         // not known yet
    identifying,   // known; the shell looks for its pools
    welcoming,     // waits for a backend whose parameters it is told
    ready,         // no cycle under way; collecting the next
    asking,        // a cycle is judged and waits for a lease
    holding,       // ... waits for a primary to be there
    waiting,       // ... waits for a replica that has reached its floor
    preparing,     // a lease is being brought to the session's settings
    running,       // a cycle is on a lease
    inspecting,    // the cycle is over; the server is asked what it has left on the lease
    console,       // a console statement is being answered
    closed,
};
std::string_view to_string(phase p);

}  // namespace weir::session

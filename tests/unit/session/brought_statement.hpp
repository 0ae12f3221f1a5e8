// brought_statement: a statement that Weir runs ahead of a client's message, and its answer, for tests.
#pragma once

#include "unit/session/messages.hpp"

namespace weir::session {

/// In a portal of Weir's own, so that the client's portals stay.
inline bytes brought_statement(bytes_view text) {
    return ask::parse("", text) + ask::bind("weir", "") + ask::execute("weir") + ask::close_portal("weir");
}
inline reply own_answer(bytes_view tag) { return reply().done(tag).close_complete(); }

}  // namespace weir::session

// What both services have in common: from a request to its task, and from everything that can go
// wrong to the error that the client is told.
#pragma once

#include <functional>

#include "core/http_message.hpp"
#include "core/outcome.hpp"
#include "core/target.hpp"
#include "core/task.hpp"
#include "service/peer_unreachable.hpp"

namespace shop::service {

using answer = core::outcome<core::response>;

// Runs `act` and turns the exceptions of database and peer into errors.
answer guarded(const std::function<answer()>& act);

core::response told(const core::api_error& error, bool as_page);

// `act` sees what this visitor has seen; what it adds to that goes to the visitor with the response.
core::response seen_by_visitor(const core::request& asked, const std::function<core::response()>& act);

template <class Task>
answer act_on(const core::route<Task>& found,
              const std::function<answer(const core::matched<Task>&)>& act) {
    if (const auto* unfit = std::get_if<core::method_unfit>(&found)) {
        return core::method_not_allowed(unfit->allowed);
    }
    if (std::holds_alternative<core::path_unknown>(found)) {
        return core::not_found("there is nothing at this path");
    }
    const auto& task = std::get<core::matched<Task>>(found);
    auto done = guarded([&] { return act(task); });
    if (done) done->route = task.pattern;
    return done;
}

}  // namespace shop::service

// What both services have in common: from a request to its task, and from everything that can go
// wrong to the error that the client is told.
#pragma once

#include <cstdint>
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

// A request that has found its task.
struct visit {
    const core::request& asked;
    const core::target& where;
    std::int64_t id;  // from the path, where its pattern has one
};

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

// A whole service for programs: `find` tells the task of method and path, `act(task, visit)` carries it out.
template <class Task, class Act>
core::response respond(const core::request& asked, core::route<Task> (*find)(core::method, const core::target&), Act act) {
    const auto where = core::parse_target(asked.target);
    if (!where) return core::to_response(core::bad_request("bad_target", "the path is broken"));
    const auto result = act_on<Task>(find(asked.verb, *where), [&](const core::matched<Task>& found) -> answer {
        return act(found.what, visit{asked, *where, found.id});
    });
    return result ? *result : core::to_response(result.error());
}

}  // namespace shop::service

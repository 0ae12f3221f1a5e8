#include "service/visitors.hpp"

#include "core/json_fields.hpp"
#include "core/session_token.hpp"
#include "service/peer_unreachable.hpp"

namespace shop::service {

core::outcome<core::user> visitors::who(const core::request& asked) const {
    const auto token = core::token_in(asked);
    if (!token) return core::not_logged_in();
    auto question = question_for(asked, "/api/session");
    question.authorization = "Bearer " + *token;
    const auto session = ask_users_(question);
    if (session.status == 401) return core::not_logged_in();
    if (session.status != 200) {
        throw peer_unreachable("it answered with status " + std::to_string(session.status));
    }
    const auto body = core::object_in(session.body);
    const auto* told = body ? body->if_contains("user") : nullptr;
    auto found = told != nullptr ? core::user_in(*told) : std::nullopt;
    if (!found) throw peer_unreachable("a session without a user in its answer");
    return *found;
}

core::outcome<core::user> visitors::administrator(const core::request& asked) const {
    auto found = who(asked);
    if (found && !found->is_admin) return core::api_error{403, "not_allowed", "this is for administrators"};
    return found;
}

}  // namespace shop::service

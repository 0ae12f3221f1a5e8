// How one service of the shop asks another one, in the same process or over the network.
#pragma once

#include <functional>

#include "core/http_message.hpp"

namespace shop::service {

// Throws peer_unreachable.
using call = std::function<core::response(const core::request&)>;

// A GET on behalf of the visitor of `asked`, with what says who that is and what they have seen.
inline core::request question_for(const core::request& asked, std::string target) {
    core::request question;
    question.target = std::move(target);
    question.authorization = asked.authorization;
    question.cookie = asked.cookie;
    question.request_id = asked.request_id;
    return question;
}

}  // namespace shop::service

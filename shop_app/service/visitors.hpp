// Who a visitor is, by the word of the user service.
#pragma once

#include "core/outcome.hpp"
#include "core/user.hpp"
#include "service/call.hpp"

namespace shop::service {

class visitors {
public:
    explicit visitors(call ask_users) : ask_users_(std::move(ask_users)) {}

    // 401 where nobody is logged in; throws peer_unreachable.
    core::outcome<core::user> who(const core::request& asked) const;
    // 403 where it is no administrator.
    core::outcome<core::user> administrator(const core::request& asked) const;

private:
    call ask_users_;
};

}  // namespace shop::service

// The user service: accounts and sessions, as a function from request to response. Knows no socket.
#pragma once

#include <string>

#include "core/credentials.hpp"
#include "core/http_message.hpp"
#include "database/connection_pool.hpp"
#include "records/accounts.hpp"
#include "service/dispatch.hpp"

namespace shop::service {

class user_service {
public:
    // public_url: of the storefront, for links in mails.
    user_service(database::connection_pool& pool, std::string public_url)
        : accounts_(pool), public_url_(std::move(public_url)) {}

    // Thread-safe; waits for the database.
    core::response operator()(const core::request& asked);

private:
    answer perform(core::user_task what, const core::request& asked);
    answer register_user(const core::request& asked);
    answer verify(const core::request& asked);
    answer log_in(const core::request& asked);
    answer log_out(const core::request& asked);
    answer show_session(const core::request& asked);
    answer set_profile(const core::request& asked);
    answer change_password(const core::request& asked);

    core::outcome<core::user> logged_in(const core::request& asked);
    core::outcome<core::user> proved(const core::credentials& given);

    records::accounts accounts_;
    std::string public_url_;
};

}  // namespace shop::service

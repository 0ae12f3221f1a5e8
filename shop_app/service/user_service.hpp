// The user service: accounts and sessions, as a function from request to response. Knows no socket.
#pragma once

#include "core/http_message.hpp"
#include "database/connection_pool.hpp"
#include "records/accounts.hpp"
#include "service/dispatch.hpp"

namespace shop::service {

class user_service {
public:
    explicit user_service(database::connection_pool& pool) : accounts_(pool) {}

    // Thread-safe; waits for the database.
    core::response operator()(const core::request& asked);

private:
    answer perform(core::user_task what, const core::request& asked);
    answer register_user(const core::request& asked);
    answer log_in(const core::request& asked);
    answer log_out(const core::request& asked);
    answer show_session(const core::request& asked);

    records::accounts accounts_;
};

}  // namespace shop::service

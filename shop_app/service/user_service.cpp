#include "service/user_service.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

#include "core/credentials.hpp"
#include "core/password.hpp"
#include "core/session_token.hpp"

namespace shop::service {
namespace json = boost::json;
namespace {

template <class Bytes>
Bytes drawn() {
    Bytes out{};
    // Up to 256 bytes come whole, getrandom(2).
    if (getrandom(out.data(), out.size(), 0) != static_cast<ssize_t>(out.size())) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    return out;
}

}  // namespace

core::response user_service::operator()(const core::request& asked) {
    const auto where = core::parse_target(asked.target);
    if (!where) return core::to_response(core::bad_request("bad_target", "the path is broken"));
    const auto found = core::find_user_route(asked.verb, *where);
    const auto result =
        act_on<core::user_task>(found, [&](const auto& task) { return perform(task.what, asked); });
    return result ? *result : core::to_response(result.error());
}

answer user_service::perform(core::user_task what, const core::request& asked) {
    switch (what) {
        case core::user_task::health:
            return core::json_response(200, {{"status", "ok"}, {"service", "user"}});
        case core::user_task::register_user:
            return register_user(asked);
        case core::user_task::log_in:
            return log_in(asked);
        case core::user_task::log_out:
            return log_out(asked);
        case core::user_task::show_session:
            return show_session(asked);
    }
    return core::not_found("there is nothing at this path");
}

answer user_service::register_user(const core::request& asked) {
    const auto wanted = core::parse_registration(asked);
    if (!wanted) return wanted.error();
    const auto hash = core::hash_password(wanted->login.password, drawn<core::salt>());
    const auto added = accounts_.add({wanted->login.email, wanted->name, hash});
    if (!added) return core::api_error{409, "email_taken", "this address has an account already"};
    return core::json_response(201, {{"user", core::to_json(*added)}});
}

answer user_service::log_in(const core::request& asked) {
    const auto given = core::parse_log_in(asked);
    if (!given) return given.error();
    const auto known = accounts_.find(given->email);
    if (!core::verify_password(given->password, known ? known->password_hash : "") || !known) {
        auto error = core::not_logged_in();
        error.code = "wrong_credentials";
        error.message = "e-mail address or password is wrong";
        return error;
    }
    const auto token = core::token_of(drawn<core::token_bits>());
    accounts_.open_session(core::stored_token(token), known->shown.id);
    auto done = core::json_response(200, {{"token", token}, {"user", core::to_json(known->shown)}});
    done.headers.emplace_back("Set-Cookie", core::cookie_with(token));
    done.headers.emplace_back("Cache-Control", "no-store");
    return done;
}

// A token that is not (or no longer) known is logged out already.
answer user_service::log_out(const core::request& asked) {
    const auto token = core::token_in(asked);
    if (!token) return core::not_logged_in();
    accounts_.close_session(core::stored_token(*token));
    core::response done{204, "", "", {}};
    done.headers.emplace_back("Set-Cookie", core::cookie_without_token());
    return done;
}

answer user_service::show_session(const core::request& asked) {
    const auto token = core::token_in(asked);
    if (!token) return core::not_logged_in();
    const auto known = accounts_.user_of_session(core::stored_token(*token));
    if (!known) return core::not_logged_in();
    auto done = core::json_response(200, {{"user", core::to_json(*known)}});
    done.headers.emplace_back("Cache-Control", "no-store");
    return done;
}

}  // namespace shop::service

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

// Of one address, within the minutes for which they count.
constexpr std::int64_t most_failed_log_ins = 10;
constexpr auto wait_after_failures = "300";

template <class Bytes>
Bytes drawn() {
    Bytes out{};
    // Up to 256 bytes come whole, getrandom(2).
    if (getrandom(out.data(), out.size(), 0) != static_cast<ssize_t>(out.size())) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    return out;
}

core::api_error too_many_log_ins() {
    core::api_error error{429, "too_many_log_ins", "too many wrong passwords for this address: try again in five minutes"};
    error.headers.emplace_back("Retry-After", wait_after_failures);
    return error;
}

core::api_error wrong_credentials() {
    auto error = core::not_logged_in();
    error.code = "wrong_credentials";
    error.message = "e-mail address or password is wrong";
    return error;
}

core::response no_store(core::response made) {
    made.headers.emplace_back("Cache-Control", "no-store");
    return made;
}

}  // namespace

core::response user_service::operator()(const core::request& asked) {
    return respond<core::user_task>(asked, core::find_user_route,
                                    [&](core::user_task what, const visit&) { return perform(what, asked); });
}

answer user_service::perform(core::user_task what, const core::request& asked) {
    switch (what) {
        case core::user_task::register_user:
            return register_user(asked);
        case core::user_task::verify:
            return verify(asked);
        case core::user_task::log_in:
            return log_in(asked);
        case core::user_task::log_out:
            return log_out(asked);
        case core::user_task::show_session:
            return show_session(asked);
        case core::user_task::set_profile:
            return set_profile(asked);
        case core::user_task::change_password:
            return change_password(asked);
    }
    return core::not_found("there is nothing at this path");
}

answer user_service::register_user(const core::request& asked) {
    const auto wanted = core::parse_registration(asked);
    if (!wanted) return wanted.error();
    const auto hash = core::hash_password(wanted->login.password, drawn<core::salt>());
    const auto code = core::token_of(drawn<core::token_bits>());
    const auto mail = "Hello " + wanted->name + ",\n\nconfirm your address here: " + public_url_ + "/verify?code=" +
                      code + "\n\nRiverside Stores\n";
    const auto added = accounts_.add({wanted->login.email, wanted->name, hash, core::stored_token(code), mail});
    if (!added) return core::api_error{409, "email_taken", "this address has an account already"};
    return core::json_response(201, {{"user", core::to_json(*added)}});
}

answer user_service::verify(const core::request& asked) {
    const auto code = core::parse_code(asked);
    if (!code) return code.error();
    const auto known = accounts_.verify(core::stored_token(*code));
    if (!known) return core::api_error{410, "code_expired", "this link was used already, or is too old"};
    return core::json_response(200, {{"user", core::to_json(*known)}});
}

// Counts what fails, whether there is such an account or not: neither the answer nor the time tells which.
core::outcome<core::user> user_service::proved(const core::credentials& given) {
    const auto email_hash = core::stored_token(given.email);
    const auto failed = accounts_.failed_log_ins(email_hash);
    if (failed >= most_failed_log_ins) return too_many_log_ins();
    const auto known = accounts_.find(given.email);
    if (!core::verify_password(given.password, known ? known->password_hash : "") || !known) {
        accounts_.note_failed_log_in(email_hash);
        return wrong_credentials();
    }
    if (failed > 0) accounts_.forget_failed_log_ins(email_hash);
    return known->shown;
}

answer user_service::log_in(const core::request& asked) {
    const auto given = core::parse_log_in(asked);
    if (!given) return given.error();
    const auto known = proved(*given);
    if (!known) return known.error();
    const auto token = core::token_of(drawn<core::token_bits>());
    accounts_.open_session(core::stored_token(token), known->id);
    auto done = core::json_response(200, {{"token", token}, {"user", core::to_json(*known)}});
    done.headers.emplace_back("Set-Cookie", core::cookie_with(token));
    return no_store(std::move(done));
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

core::outcome<core::user> user_service::logged_in(const core::request& asked) {
    const auto token = core::token_in(asked);
    if (!token) return core::not_logged_in();
    const auto known = accounts_.user_of_session(core::stored_token(*token));
    if (!known) return core::not_logged_in();
    return *known;
}

answer user_service::show_session(const core::request& asked) {
    const auto known = logged_in(asked);
    if (!known) return known.error();
    return no_store(core::json_response(200, {{"user", core::to_json(*known)}}));
}

answer user_service::set_profile(const core::request& asked) {
    const auto known = logged_in(asked);
    if (!known) return known.error();
    const auto wanted = core::parse_profile(asked);
    if (!wanted) return wanted.error();
    const auto changed = accounts_.set_profile(known->id, wanted->name, wanted->address);
    if (!changed) return core::not_logged_in();
    return no_store(core::json_response(200, {{"user", core::to_json(*changed)}}));
}

answer user_service::change_password(const core::request& asked) {
    const auto known = logged_in(asked);
    if (!known) return known.error();
    const auto wanted = core::parse_password_change(asked);
    if (!wanted) return wanted.error();
    const auto really = proved({known->email, wanted->old_password});
    if (!really) {
        // The session is good: only the password is not.
        if (really.error().status != 401) return really.error();
        return core::api_error{403, "wrong_credentials", "the old password is wrong"};
    }
    accounts_.set_password(known->id, core::hash_password(wanted->new_password, drawn<core::salt>()),
                           core::stored_token(*core::token_in(asked)));
    return core::response{204, "", "", {}};
}

}  // namespace shop::service

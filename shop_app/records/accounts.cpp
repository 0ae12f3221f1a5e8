#include "records/accounts.hpp"

#include "core/session_token.hpp"
#include "database/work.hpp"

namespace shop::records {
namespace {

core::user user_in(const database::rows& found) {
    return {found.number(0, 0), found.text(0, 1), found.text(0, 2)};
}

}  // namespace

std::optional<core::user> accounts::add(const new_user& wanted) {
    const auto added =
        database::write(pool_, database::affinity_of(wanted.email), [&](database::connection& on) {
            return on.run(
                "INSERT INTO users (email, name, password_hash) VALUES ($1, $2, $3) "
                "ON CONFLICT (email) DO NOTHING RETURNING id, email, name",
                {wanted.email, wanted.name, wanted.password_hash});
        });
    if (added.is_empty()) return std::nullopt;
    return user_in(added);
}

std::optional<known_user> accounts::find(const std::string& email) {
    const auto found =
        database::read(pool_, database::affinity_of(email), [&](database::connection& on) {
            return on.run("SELECT id, email, name, password_hash FROM users WHERE email = $1",
                          {email});
        });
    if (found.is_empty()) return std::nullopt;
    return known_user{user_in(found), found.text(0, 3)};
}

// Takes the user's expired sessions away in passing.
void accounts::open_session(const std::string& token, std::int64_t user_id) {
    database::write(pool_, database::affinity_of(token), [&](database::connection& on) {
        return on.run(
            "WITH expired AS (DELETE FROM sessions "
            "WHERE user_id = $2::bigint AND expires_at <= now()) "
            "INSERT INTO sessions (token_hash, user_id, expires_at) "
            "VALUES ($1::bytea, $2::bigint, now() + $3::integer * interval '1 day')",
            {token, std::to_string(user_id), std::to_string(core::session_days)});
    });
}

void accounts::close_session(const std::string& token) {
    database::write(pool_, database::affinity_of(token), [&](database::connection& on) {
        return on.run("DELETE FROM sessions WHERE token_hash = $1::bytea", {token});
    });
}

std::optional<core::user> accounts::user_of_session(const std::string& token) {
    const auto found =
        database::read(pool_, database::affinity_of(token), [&](database::connection& on) {
            return on.run(
                "SELECT u.id, u.email, u.name FROM sessions s "
                "JOIN users u ON u.id = s.user_id "
                "WHERE s.token_hash = $1::bytea AND s.expires_at > now()",
                {token});
        });
    if (found.is_empty()) return std::nullopt;
    return user_in(found);
}

}  // namespace shop::records

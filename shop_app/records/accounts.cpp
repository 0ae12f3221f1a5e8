#include "records/accounts.hpp"

#include "core/session_token.hpp"
#include "database/work.hpp"

namespace shop::records {
namespace {

#define USER_COLUMNS "u.id, u.email, u.name, u.address, u.verified_at IS NOT NULL, u.is_admin"
// How long failed log-ins count, from the first of them on.
#define FAILURES_COUNT "5 minutes"

constexpr int password_column = 6;

core::user user_in(const database::rows& found) {
    return {found.number(0, 0), found.text(0, 1),        found.text(0, 2),
            found.text(0, 3),   found.text(0, 4) == "t", found.text(0, 5) == "t"};
}

std::optional<core::user> user_if_any(const database::rows& found) {
    if (found.is_empty()) return std::nullopt;
    return user_in(found);
}

}  // namespace

std::optional<core::user> accounts::add(const new_user& wanted) {
    return user_if_any(
        database::write(pool_, database::affinity_of(wanted.email), [&](database::connection& on) {
            return on.run(
                "WITH u AS (INSERT INTO users (email, name, password_hash) VALUES ($1, $2, $3) "
                "ON CONFLICT (email) DO NOTHING RETURNING *), "
                "code AS (INSERT INTO verifications (user_id, code_hash, expires_at) "
                "SELECT id, $4::bytea, now() + interval '1 day' FROM u), "
                "mail AS (INSERT INTO outgoing_mail (recipient, subject, body) "
                "SELECT email, 'Welcome to Riverside Stores', $5 FROM u) "
                "SELECT " USER_COLUMNS " FROM u",
                {wanted.email, wanted.name, wanted.password_hash, wanted.code_hash, wanted.mail});
        }));
}

std::optional<known_user> accounts::find(const std::string& email) {
    const auto found =
        database::read(pool_, database::affinity_of(email), [&](database::connection& on) {
            return on.run("SELECT " USER_COLUMNS ", u.password_hash FROM users u WHERE u.email = $1",
                          {email});
        });
    if (found.is_empty()) return std::nullopt;
    return known_user{user_in(found), found.text(0, password_column)};
}

std::optional<core::user> accounts::verify(const std::string& code_hash) {
    return user_if_any(
        database::write(pool_, database::affinity_of(code_hash), [&](database::connection& on) {
            return on.run(
                "WITH used AS (DELETE FROM verifications "
                "WHERE code_hash = $1::bytea AND expires_at > now() RETURNING user_id) "
                "UPDATE users u SET verified_at = now() FROM used WHERE u.id = used.user_id "
                "RETURNING " USER_COLUMNS,
                {code_hash});
        }));
}

std::optional<core::user> accounts::set_profile(std::int64_t user_id, const std::string& name,
                                                const std::string& address) {
    return user_if_any(
        database::write(pool_, database::affinity_of(user_id), [&](database::connection& on) {
            return on.run(
                "UPDATE users u SET name = $2, address = $3 WHERE u.id = $1::bigint "
                "RETURNING " USER_COLUMNS,
                {std::to_string(user_id), name, address});
        }));
}

void accounts::set_password(std::int64_t user_id, const std::string& password_hash,
                            const std::string& kept) {
    database::write(pool_, database::affinity_of(user_id), [&](database::connection& on) {
        return on.run(
            "WITH ended AS (DELETE FROM sessions "
            "WHERE user_id = $1::bigint AND token_hash <> $3::bytea) "
            "UPDATE users SET password_hash = $2 WHERE id = $1::bigint",
            {std::to_string(user_id), password_hash, kept});
    });
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
    return user_if_any(
        database::read(pool_, database::affinity_of(token), [&](database::connection& on) {
            return on.run("SELECT " USER_COLUMNS
                          " FROM sessions s JOIN users u ON u.id = s.user_id "
                          "WHERE s.token_hash = $1::bytea AND s.expires_at > now()",
                          {token});
        }));
}

std::int64_t accounts::failed_log_ins(const std::string& email_hash) {
    const auto found =
        database::read(pool_, database::affinity_of(email_hash), [&](database::connection& on) {
            return on.run("SELECT failures FROM log_in_failures WHERE email_hash = $1::bytea "
                          "AND since > now() - interval '" FAILURES_COUNT "'",
                          {email_hash});
        });
    return found.is_empty() ? 0 : found.number(0, 0);
}

void accounts::note_failed_log_in(const std::string& email_hash) {
    database::write(pool_, database::affinity_of(email_hash), [&](database::connection& on) {
        // What counts no more is taken away in passing: addresses are whatever somebody types.
        return on.run(
            "WITH old AS (DELETE FROM log_in_failures WHERE email_hash <> $1::bytea "
            "AND since <= now() - interval '" FAILURES_COUNT "') "
            "INSERT INTO log_in_failures AS f (email_hash, failures, since) "
            "VALUES ($1::bytea, 1, now()) ON CONFLICT (email_hash) DO UPDATE SET "
            "failures = CASE WHEN f.since > now() - interval '" FAILURES_COUNT
            "' THEN f.failures + 1 ELSE 1 END, "
            "since = CASE WHEN f.since > now() - interval '" FAILURES_COUNT
            "' THEN f.since ELSE now() END",
            {email_hash});
    });
}

void accounts::forget_failed_log_ins(const std::string& email_hash) {
    database::write(pool_, database::affinity_of(email_hash), [&](database::connection& on) {
        return on.run("DELETE FROM log_in_failures WHERE email_hash = $1::bytea", {email_hash});
    });
}

}  // namespace shop::records

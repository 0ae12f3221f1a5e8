// Users and their sessions in the database. Knows tokens and passwords only as their hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/user.hpp"
#include "database/connection_pool.hpp"

namespace shop::records {

// Hashes as core::stored_token gives them.
struct new_user {
    std::string email;
    std::string name;
    std::string password_hash;
    std::string code_hash;  // of what proves that the address is theirs
    std::string mail;       // that tells it to them
};

struct known_user {
    core::user shown;
    std::string password_hash;
};

class accounts {
public:
    explicit accounts(database::connection_pool& pool) : pool_(pool) {}

    // With the code, and the message that is to be sent. Nothing when the address has an account already.
    std::optional<core::user> add(const new_user& wanted);
    std::optional<known_user> find(const std::string& email);
    // Nothing where there is no such code, or none any more.
    std::optional<core::user> verify(const std::string& code_hash);
    std::optional<core::user> set_profile(std::int64_t user_id, const std::string& name, const std::string& address);
    // Ends all of the user's sessions but `kept`.
    void set_password(std::int64_t user_id, const std::string& password_hash, const std::string& kept);

    // `token` as core::stored_token gives it.
    void open_session(const std::string& token, std::int64_t user_id);
    void close_session(const std::string& token);
    std::optional<core::user> user_of_session(const std::string& token);

    // Failed log-ins of this address, with or without an account, in the last minutes.
    std::int64_t failed_log_ins(const std::string& email_hash);
    void note_failed_log_in(const std::string& email_hash);
    void forget_failed_log_ins(const std::string& email_hash);

private:
    database::connection_pool& pool_;
};

}  // namespace shop::records

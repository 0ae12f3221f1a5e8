// Users and their sessions in the database. Knows tokens and passwords only as their hashes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/user.hpp"
#include "database/connection_pool.hpp"

namespace shop::records {

struct new_user {
    std::string email;
    std::string name;
    std::string password_hash;
};

struct known_user {
    core::user shown;
    std::string password_hash;
};

class accounts {
public:
    explicit accounts(database::connection_pool& pool) : pool_(pool) {}

    // Nothing when the address has an account already.
    std::optional<core::user> add(const new_user& wanted);
    std::optional<known_user> find(const std::string& email);

    // `token` as core::stored_token gives it.
    void open_session(const std::string& token, std::int64_t user_id);
    void close_session(const std::string& token);
    std::optional<core::user> user_of_session(const std::string& token);

private:
    database::connection_pool& pool_;
};

}  // namespace shop::records

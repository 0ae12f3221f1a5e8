// What a visitor sends to register or to log in, checked. Knows no database and no hash.
#pragma once

#include <string>

#include "core/http_message.hpp"
#include "core/outcome.hpp"

namespace shop::core {

struct credentials {
    std::string email;  // lower case, printable ASCII
    std::string password;
};

struct registration {
    credentials login;
    std::string name;
};

outcome<registration> parse_registration(const request& asked);

// Checks the form alone: a wrong password is no bad request.
outcome<credentials> parse_log_in(const request& asked);

struct password_change {
    std::string old_password;
    std::string new_password;
};
outcome<password_change> parse_password_change(const request& asked);

struct profile {
    std::string name;
    std::string address;  // where orders go; "": not told
};
outcome<profile> parse_profile(const request& asked);

// {"code": "..."}, as the mail had it.
outcome<std::string> parse_code(const request& asked);

}  // namespace shop::core

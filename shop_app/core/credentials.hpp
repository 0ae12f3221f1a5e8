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

}  // namespace shop::core

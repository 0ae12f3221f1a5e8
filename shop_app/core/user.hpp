// A user as the shop shows it: no password, no hash.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace shop::core {

struct user {
    std::int64_t id = 0;
    std::string email;
    std::string name;
    std::string address{};
    bool is_verified = false;  // has shown that the e-mail address is theirs
    bool is_admin = false;
};

boost::json::object to_json(const user& shown);
// Nothing where it is none.
std::optional<user> user_in(const boost::json::value& told);

}  // namespace shop::core

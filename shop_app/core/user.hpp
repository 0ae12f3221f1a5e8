// A user as the shop shows it: no password, no hash.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

namespace shop::core {

struct user {
    std::int64_t id = 0;
    std::string email;
    std::string name;
};

inline boost::json::object to_json(const user& shown) {
    return {{"id", shown.id}, {"email", shown.email}, {"name", shown.name}};
}

}  // namespace shop::core

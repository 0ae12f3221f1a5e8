// find_database: which [database] section a client is led by, and what such sections override.
#pragma once

#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace weir::config {

/// The section of this name, else that for "*"; null: neither is there.
inline const database_settings* find_database(const std::vector<database_settings>& in, std::string_view name) {
    const database_settings* found = nullptr;
    for (const auto& d : in)
        if (d.name == name || (d.name == "*" && found == nullptr)) found = &d;
    return found;
}

inline routing::override_table overrides_of(const config& from) {
    routing::override_table made;
    for (const auto& d : from.databases) made.say_for_database(d.name, d.own);
    for (const auto& u : from.user_overrides) made.say_for_user(u.name, u.own);
    return made;
}

}  // namespace weir::config

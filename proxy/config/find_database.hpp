// find_database: which [database] section a client is led by.
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

}  // namespace weir::config

// inventory: what a configuration says, key by key, for people to look at: without its secrets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"

namespace weir::config {

/// In the order of the text. Where a connection string holds a password, that is left out.
std::vector<said_value> said_in(const item::table& document);

struct inventory_line {
    std::string key;
    std::string value;
    std::string fallback;
    bool takes_restart = false;
};
/// Every key of the sections that there is one of, said or not, and all others that are said.
std::vector<inventory_line> inventory(const std::vector<said_value>& said);

/// A reload leaves it as it is.
bool takes_restart(std::string_view key);

/// "- pool.size = 20", "+ pool.size = 40": what is different, in the order of the keys.
std::vector<std::string> difference(const std::vector<said_value>& before, const std::vector<said_value>& after);

}  // namespace weir::config

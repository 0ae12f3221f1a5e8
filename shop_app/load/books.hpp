// The shop's books, looked at where they are kept: what was bought, what is in stock, and what has come.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace shop::load {

struct audit {
    boost::json::object found;
    bool balances = false;
};

// conninfo: of the primary, or of Weir. acknowledged: orders that buyers were told of. Throws database::failure.
audit audit_books(const std::string& conninfo, const std::vector<std::int64_t>& acknowledged);

}  // namespace shop::load

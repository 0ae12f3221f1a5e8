// Stock that a transaction has locked. Whoever takes stock or gives it back locks it this way first, in the order of the
// products, so that no two of them wait for each other.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/basket.hpp"
#include "database/connection.hpp"

namespace shop::records {

struct stocked {
    std::string name;
    std::int64_t price_cents = 0;
    std::int64_t available = 0;  // what was held for the user, and what was held too long, counted in
    std::int64_t returned = 0;   // of that: not written back into the stock yet
};

class locked_stock {
public:
    // Until the end of the transaction nobody else changes the stock of these, and what was held for this user, or for
    // anybody for too long, is held no more. Products that there are not are left out.
    locked_stock(database::connection& on, std::int64_t user_id, const core::basket& products);

    const stocked* find(std::int64_t product_id) const;
    // Writes the stock after these have been taken out of it, for good. There must be enough.
    void take(const core::basket& taken);

private:
    database::connection& on_;
    std::map<std::int64_t, stocked> products_;
};

}  // namespace shop::records

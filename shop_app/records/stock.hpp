// What an administrator does to a product: its price, and what comes into stock.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "database/connection_pool.hpp"

namespace shop::records {

// Told of products whose rows have changed, with a token of Weir's behind which that can be read ("": none is known).
using change_listener = std::function<void(const std::vector<std::int64_t>& products, const std::string& token)>;

class stock {
public:
    stock(database::connection_pool& pool, change_listener on_change)
        : pool_(pool), on_change_(std::move(on_change)) {}

    // The price of before; nothing where there is no such product.
    std::optional<std::int64_t> set_price(std::int64_t product_id, std::int64_t cents, std::int64_t by_user);
    // What there is now; nothing where there is no such product.
    std::optional<std::int64_t> add(std::int64_t product_id, std::int64_t quantity, std::int64_t by_user);

private:
    std::optional<std::int64_t> change(std::int64_t product_id, const char* statement, const database::parameters& values);

    database::connection_pool& pool_;
    change_listener on_change_;
};

}  // namespace shop::records

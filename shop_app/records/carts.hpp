// What each user has put into the cart.
#pragma once

#include "core/basket.hpp"
#include "core/order.hpp"
#include "database/connection_pool.hpp"

namespace shop::records {

class carts {
public:
    explicit carts(database::connection_pool& pool) : pool_(pool) {}

    core::cart of(std::int64_t user_id);

    // Quantity 0 takes the product out. False when there is no such product.
    bool set(std::int64_t user_id, const core::wanted& item);

private:
    database::connection_pool& pool_;
};

}  // namespace shop::records

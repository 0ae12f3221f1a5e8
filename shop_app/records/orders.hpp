// Orders: placed in one transaction that takes the stock, and read back.
#pragma once

#include <optional>

#include "core/basket.hpp"
#include "core/order.hpp"
#include "database/connection_pool.hpp"
#include "records/purchase.hpp"

namespace shop::records {

class orders {
public:
    explicit orders(database::connection_pool& pool) : pool_(pool) {}

    // Buys `chosen`, or the user's cart and empties it when `chosen` is empty.
    purchase place(std::int64_t user_id, const core::basket& chosen);

    core::order_list of(std::int64_t user_id, const core::page_window& window);
    // Nothing when it is not this user's.
    std::optional<core::order> find(std::int64_t user_id, std::int64_t order_id);

private:
    database::connection_pool& pool_;
};

}  // namespace shop::records

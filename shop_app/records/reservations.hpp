// Stock that is held for a user for a while.
#pragma once

#include <cstdint>
#include <vector>

#include "core/basket.hpp"
#include "core/order.hpp"
#include "records/purchase.hpp"
#include "records/stock.hpp"

namespace shop::records {

class reservations {
public:
    static constexpr int minutes = 15;

    reservations(database::connection_pool& pool, change_listener on_change)
        : pool_(pool), on_change_(std::move(on_change)) {}

    using held = std::variant<core::reservation, product_unknown, out_of_stock>;
    // In place of what this user has held of the product.
    held hold(std::int64_t user_id, const core::wanted& item);
    void let_go(std::int64_t user_id, std::int64_t product_id);
    std::vector<core::reservation> of(std::int64_t user_id);

private:
    database::connection_pool& pool_;
    change_listener on_change_;
};

}  // namespace shop::records

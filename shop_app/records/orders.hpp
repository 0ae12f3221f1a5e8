// Orders: placed in one transaction that takes the stock, read back, and cancelled.
#pragma once

#include <optional>
#include <string>

#include "core/basket.hpp"
#include "core/order.hpp"
#include "records/purchase.hpp"
#include "records/stock.hpp"

namespace shop::records {

class orders {
public:
    static constexpr int minutes_to_cancel = 60;

    orders(database::connection_pool& pool, change_listener on_change) : pool_(pool), on_change_(std::move(on_change)) {}

    struct placed {
        purchase what;
        bool is_repeated = false;  // it is the order of an earlier request with the same key
    };
    // Buys `chosen`, or the user's cart and empties it when `chosen` is empty. With a key it is one order however often
    // it is asked for, also where the answer to a COMMIT was lost; without one that is failure::unknown.
    placed place(std::int64_t user_id, const core::basket& chosen, const std::string& key);

    core::order_list of(std::int64_t user_id, const core::page_window& window);
    // Nothing when it is not this user's.
    std::optional<core::order> find(std::int64_t user_id, std::int64_t order_id);

    struct too_late {};
    struct no_such_order {};
    using cancellation = std::variant<core::order, too_late, no_such_order>;
    // What was cancelled already is answered as it is.
    cancellation cancel(std::int64_t user_id, std::int64_t order_id);

private:
    purchase buy(std::int64_t user_id, const core::basket& chosen, const std::string& key);
    std::optional<core::order> find_by_key(std::int64_t user_id, const std::string& key);

    database::connection_pool& pool_;
    change_listener on_change_;
};

}  // namespace shop::records

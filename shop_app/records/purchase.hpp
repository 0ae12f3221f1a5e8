// What a checkout comes to: an order, or the reason why nothing was bought.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/order.hpp"

namespace shop::records {

struct cart_empty {};
// Of another request with the same key, which has been first.
struct bought_already {};
struct product_unknown {
    std::int64_t product_id;
};
struct out_of_stock {
    std::int64_t product_id;
    std::int64_t wanted;
    std::int64_t available;
};

using purchase = std::variant<core::order, cart_empty, bought_already, product_unknown, out_of_stock>;

}  // namespace shop::records

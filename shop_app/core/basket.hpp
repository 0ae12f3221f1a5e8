// What somebody wants to buy: products and how many, sorted by product, each product once.
#pragma once

#include <cstdint>
#include <vector>

#include "core/http_message.hpp"
#include "core/outcome.hpp"

namespace shop::core {

constexpr std::int64_t most_of_one_product = 100;
constexpr std::size_t most_products = 50;

struct wanted {
    std::int64_t product_id = 0;
    std::int64_t quantity = 0;
};

using basket = std::vector<wanted>;

// {"items": [{"product_id": 1, "quantity": 2}, ...]}; without items the basket is empty, which
// stands for "what is in my cart".
outcome<basket> parse_basket(const request& asked);

// {"quantity": 0 to 100}
outcome<std::int64_t> parse_quantity(const request& asked);

}  // namespace shop::core

// Orders and carts as they are shown: lines with the price that counts, and their sum.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "core/page_window.hpp"

namespace shop::core {

struct order_line {
    std::int64_t product_id = 0;
    std::string name;
    std::int64_t quantity = 0;
    std::int64_t price_cents = 0;  // of one
};

struct order {
    std::int64_t id = 0;
    std::string placed_at;  // RFC 3339
    std::int64_t total_cents = 0;
    std::vector<order_line> lines;
};

struct order_list {
    std::vector<order> orders;  // newest first
    bool has_more = false;
};

struct cart {
    std::vector<order_line> lines;  // at today's prices
};

std::int64_t total_cents_of(const std::vector<order_line>& lines);

boost::json::object to_json(const order& shown);
boost::json::object to_json(const order_list& shown, const page_window& window);
boost::json::object to_json(const cart& shown);

}  // namespace shop::core

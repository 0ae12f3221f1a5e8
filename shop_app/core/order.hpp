// Orders and carts as they are shown: lines with the price that counts, and their sum.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
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
    bool is_cancelled = false;
};

struct order_list {
    std::vector<order> orders;  // newest first
    bool has_more = false;
};

struct cart {
    std::vector<order_line> lines;  // at today's prices
};

// Taken out of stock for one user, for a while.
struct reservation {
    std::int64_t product_id = 0;
    std::string name;
    std::int64_t quantity = 0;
    std::string expires_at;  // RFC 3339
};

std::int64_t total_cents_of(const std::vector<order_line>& lines);

boost::json::object to_json(const order& shown);
boost::json::object to_json(const order_list& shown, const page_window& window);
boost::json::object to_json(const cart& shown);
boost::json::object to_json(const reservation& shown);

// What another service has told of them; nothing where it is none.
std::optional<order> order_in(const boost::json::value& told);
order_list order_list_in(const boost::json::object& told);
cart cart_in(const boost::json::object& told);
std::vector<reservation> reservations_in(const boost::json::object& told);

}  // namespace shop::core

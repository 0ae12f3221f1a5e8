#include "core/basket.hpp"

#include <boost/json/array.hpp>
#include <limits>
#include <map>

#include "core/json_body.hpp"

namespace shop::core {
namespace json = boost::json;
namespace {

outcome<wanted> wanted_of(const json::value& item) {
    if (!item.is_object()) {
        return bad_request("bad_field",
                           "each item must be {\"product_id\": ..., \"quantity\": ...}");
    }
    const auto id = number_field(item.get_object(), "product_id",
                                 {1, std::numeric_limits<std::int64_t>::max()});
    if (!id) return id.error();
    const auto quantity = number_field(item.get_object(), "quantity", {1, most_of_one_product});
    if (!quantity) return quantity.error();
    return wanted{*id, *quantity};
}

}  // namespace

outcome<basket> parse_basket(const request& asked) {
    const auto body = json_body(asked);
    if (!body) return body.error();
    const auto* items = body->if_contains("items");
    if (items == nullptr) return basket{};
    if (!items->is_array() || items->get_array().empty() ||
        items->get_array().size() > most_products) {
        return bad_request("bad_field", "items must be a list of 1 to 50 products");
    }
    // A product named twice is wanted that many times; the map also brings the order in which
    // the checkout locks.
    std::map<std::int64_t, std::int64_t> quantities;
    for (const auto& item : items->get_array()) {
        const auto one = wanted_of(item);
        if (!one) return one.error();
        auto& sum = quantities[one->product_id];
        sum += one->quantity;
        if (sum > most_of_one_product) {
            return bad_request("bad_field", "at most 100 of one product");
        }
    }
    basket chosen;
    for (const auto& [id, quantity] : quantities) chosen.push_back({id, quantity});
    return chosen;
}

outcome<std::int64_t> parse_quantity(const request& asked) {
    const auto body = json_body(asked);
    if (!body) return body.error();
    return number_field(*body, "quantity", {0, most_of_one_product});
}

}  // namespace shop::core

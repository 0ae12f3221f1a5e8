#include "service/inventory_service.hpp"

#include <boost/json/array.hpp>

#include "core/json_body.hpp"

namespace shop::service {
namespace json = boost::json;
namespace {

constexpr core::number_limits prices{0, 100'000'000};
constexpr core::number_limits deliveries{1, 100'000};

core::api_error no_such_product() { return core::not_found("there is no such product"); }

core::outcome<std::int64_t> number_in_body(const core::request& asked, std::string_view name, core::number_limits limits) {
    const auto body = core::json_body(asked);
    if (!body) return body.error();
    return core::number_field(*body, name, limits);
}

}  // namespace

core::response inventory_service::operator()(const core::request& asked) {
    return respond<core::inventory_task>(asked, core::find_inventory_route,
                                         [&](core::inventory_task what, const visit& now) { return perform(what, now); });
}

answer inventory_service::perform(core::inventory_task what, const visit& now) {
    switch (what) {
        case core::inventory_task::list_categories: {
            json::array all;
            for (const auto& one : catalogue_.categories()) all.push_back(core::to_json(one));
            return core::json_response(200, {{"categories", std::move(all)}});
        }
        case core::inventory_task::list_products:
            return list_products(now);
        case core::inventory_task::show_product:
            return show_product(now);
        case core::inventory_task::set_price:
            return set_price(now);
        case core::inventory_task::restock:
            return restock(now);
    }
    return core::not_found("there is nothing at this path");
}

answer inventory_service::list_products(const visit& now) {
    const auto filter = core::product_filter_of(now.where);
    if (!filter) return filter.error();
    return core::json_response(200, core::to_json(catalogue_.list(*filter), filter->window));
}

answer inventory_service::show_product(const visit& now) {
    const auto found = catalogue_.find(now.id);
    if (!found) return no_such_product();
    return core::json_response(200, {{"product", core::to_json(*found)}});
}

answer inventory_service::set_price(const visit& now) {
    const auto by = visitors_.administrator(now.asked);
    if (!by) return by.error();
    const auto cents = number_in_body(now.asked, "price_cents", prices);
    if (!cents) return cents.error();
    const auto before = stock_.set_price(now.id, *cents, by->id);
    if (!before) return no_such_product();
    return core::json_response(200, {{"product_id", now.id}, {"price_cents", *cents}, {"before_cents", *before}});
}

answer inventory_service::restock(const visit& now) {
    const auto by = visitors_.administrator(now.asked);
    if (!by) return by.error();
    const auto quantity = number_in_body(now.asked, "quantity", deliveries);
    if (!quantity) return quantity.error();
    const auto left = stock_.add(now.id, *quantity, by->id);
    if (!left) return no_such_product();
    return core::json_response(200, {{"product_id", now.id}, {"added", *quantity}, {"stock", *left}});
}

}  // namespace shop::service

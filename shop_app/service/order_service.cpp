#include "service/order_service.hpp"

#include <boost/json/array.hpp>

#include "core/text.hpp"

namespace shop::service {
namespace json = boost::json;
namespace {

constexpr std::size_t longest_key = 100;

core::api_error error_of(const records::product_unknown& unknown) {
    auto error = core::not_found("there is no such product");
    error.details["product_id"] = unknown.product_id;
    return error;
}

core::api_error error_of(const records::out_of_stock& missing) {
    return {409,
            "out_of_stock",
            "there is not enough of it left",
            {{"product_id", missing.product_id}, {"wanted", missing.wanted}, {"available", missing.available}}};
}

core::api_error error_of(const records::purchase& failed) {
    if (const auto* unknown = std::get_if<records::product_unknown>(&failed)) return error_of(*unknown);
    if (const auto* missing = std::get_if<records::out_of_stock>(&failed)) return error_of(*missing);
    return {409, "cart_empty", "there is nothing in the cart"};
}

core::response with_order(int status, const core::order& shown) {
    auto out = core::json_response(status, {{"order", core::to_json(shown)}});
    out.headers.emplace_back("Location", "/api/orders/" + std::to_string(shown.id));
    return out;
}

}  // namespace

core::response order_service::operator()(const core::request& asked) {
    return respond<core::order_task>(asked, core::find_order_route, [&](core::order_task what, const visit& now) -> answer {
        const auto user = visitors_.who(asked);
        if (!user) return user.error();
        return perform(what, {now, user->id});
    });
}

answer order_service::perform(core::order_task what, const visit_of_user& now) {
    switch (what) {
        case core::order_task::show_cart:
            return core::json_response(200, core::to_json(carts_.of(now.user)));
        case core::order_task::set_cart_item:
            return set_cart_item(now);
        case core::order_task::list_held:
            return list_held(now);
        case core::order_task::hold:
            return hold(now);
        case core::order_task::let_go:
            reservations_.let_go(now.user, now.id);
            return core::response{204, "", "", {}};
        case core::order_task::check_out:
            return check_out(now);
        case core::order_task::list_orders:
            return list_orders(now);
        case core::order_task::show_order:
            return show_order(now);
        case core::order_task::cancel_order:
            return cancel_order(now);
    }
    return core::not_found("there is nothing at this path");
}

answer order_service::set_cart_item(const visit_of_user& now) {
    const auto quantity = core::parse_quantity(now.asked);
    if (!quantity) return quantity.error();
    if (!carts_.set(now.user, {now.id, *quantity})) return error_of(records::product_unknown{now.id});
    return core::json_response(200, {{"product_id", now.id}, {"quantity", *quantity}});
}

answer order_service::list_held(const visit_of_user& now) {
    json::array all;
    for (const auto& one : reservations_.of(now.user)) all.push_back(core::to_json(one));
    return core::json_response(200, {{"reservations", std::move(all)}});
}

answer order_service::hold(const visit_of_user& now) {
    const auto quantity = core::parse_quantity(now.asked);
    if (!quantity) return quantity.error();
    if (*quantity == 0) return core::bad_request("bad_field", "quantity must be a whole number from 1 to 100");
    const auto done = reservations_.hold(now.user, {now.id, *quantity});
    if (const auto* unknown = std::get_if<records::product_unknown>(&done)) return error_of(*unknown);
    if (const auto* missing = std::get_if<records::out_of_stock>(&done)) return error_of(*missing);
    return core::json_response(200, {{"reservation", core::to_json(std::get<core::reservation>(done))}});
}

answer order_service::check_out(const visit_of_user& now) {
    const auto chosen = core::parse_basket(now.asked);
    if (!chosen) return chosen.error();
    const auto& key = now.asked.idempotency_key;
    if (key.size() > longest_key || !core::is_plain_text(key)) {
        return core::bad_request("bad_key", "an Idempotency-Key is a text of at most 100 characters");
    }
    const auto done = orders_.place(now.user, *chosen, key);
    if (const auto* order = std::get_if<core::order>(&done.what)) return with_order(done.is_repeated ? 200 : 201, *order);
    return error_of(done.what);
}

answer order_service::list_orders(const visit_of_user& now) {
    const auto window = core::page_window_of(now.where);
    if (!window) return window.error();
    return core::json_response(200, core::to_json(orders_.of(now.user, *window), *window));
}

answer order_service::show_order(const visit_of_user& now) {
    const auto found = orders_.find(now.user, now.id);
    if (!found) return core::not_found("there is no such order of yours");
    return core::json_response(200, {{"order", core::to_json(*found)}});
}

answer order_service::cancel_order(const visit_of_user& now) {
    const auto done = orders_.cancel(now.user, now.id);
    if (const auto* order = std::get_if<core::order>(&done)) return with_order(200, *order);
    if (std::holds_alternative<records::orders::too_late>(done)) {
        return core::api_error{409, "too_late", "an order can be cancelled for an hour"};
    }
    return core::not_found("there is no such order of yours");
}

}  // namespace shop::service

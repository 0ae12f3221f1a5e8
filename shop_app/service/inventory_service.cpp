#include "service/inventory_service.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "core/session_token.hpp"
#include "storefront/frame.hpp"
#include "storefront/pages.hpp"

namespace shop::service {
namespace json = boost::json;
namespace {

core::api_error error_of(const records::purchase& failed) {
    if (const auto* unknown = std::get_if<records::product_unknown>(&failed)) {
        auto error = core::not_found("there is no such product");
        error.details["product_id"] = unknown->product_id;
        return error;
    }
    if (const auto* missing = std::get_if<records::out_of_stock>(&failed)) {
        return {409,
                "out_of_stock",
                "there is not enough of it left",
                {{"product_id", missing->product_id},
                 {"wanted", missing->wanted},
                 {"available", missing->available}}};
    }
    return {409, "cart_empty", "there is nothing in the cart"};
}

// The id in {"user": {"id": ...}}.
std::int64_t id_in(const core::response& session) {
    json::error_code error;
    const auto value = json::parse(session.body, error);
    const auto* id = error ? nullptr : value.find_pointer("/user/id", error);
    if (id == nullptr || !id->is_int64()) {
        throw peer_unreachable("a session without a user in its answer");
    }
    return id->get_int64();
}

}  // namespace

core::response inventory_service::operator()(const core::request& asked) {
    const auto where = core::parse_target(asked.target);
    if (!where) return core::to_response(core::bad_request("bad_target", "the path is broken"));
    const auto found = core::find_inventory_route(asked.verb, *where);
    const auto result = act_on<core::inventory_task>(found, [&](const task& matched) {
        return perform(matched.what, {asked, *where, matched.id});
    });
    if (result) return *result;
    const auto* matched = std::get_if<task>(&found);
    return told(result.error(), matched != nullptr && matched->is_page);
}

answer inventory_service::perform(core::inventory_task what, const visit& now) {
    using core::inventory_task;
    switch (what) {
        case inventory_task::health:
            return core::json_response(200, {{"status", "ok"}, {"service", "inventory"}});
        case inventory_task::list_categories: {
            json::array all;
            for (const auto& one : catalogue_.categories()) all.push_back(core::to_json(one));
            return core::json_response(200, {{"categories", std::move(all)}});
        }
        case inventory_task::list_products:
            return list_products(now);
        case inventory_task::show_product:
            return show_product(now);
        case inventory_task::show_cart:
            return show_cart(now);
        case inventory_task::set_cart_item:
            return set_cart_item(now);
        case inventory_task::check_out:
            return check_out(now);
        case inventory_task::list_orders:
            return list_orders(now);
        case inventory_task::show_order:
            return show_order(now);
        case inventory_task::catalogue_page:
            return catalogue_page(now);
        case inventory_task::product_page:
            return product_page(now);
        case inventory_task::cart_page:
            return cart_page(now);
        case inventory_task::orders_page:
            return orders_page(now);
        case inventory_task::account_page:
            return storefront::account_page();
        case inventory_task::style_sheet:
            return storefront::style_sheet();
        case inventory_task::script:
            return storefront::script();
        case inventory_task::ask_user_service:
            return ask_user_service_(now.asked);
    }
    return core::not_found("there is nothing at this path");
}

core::outcome<std::int64_t> inventory_service::user_id(const core::request& asked) {
    const auto token = core::token_in(asked);
    if (!token) return core::not_logged_in();
    core::request question;
    question.target = "/api/session";
    question.authorization = "Bearer " + *token;
    question.cookie = asked.cookie;  // with what the visitor has seen
    const auto session = ask_user_service_(question);
    if (session.status == 401) return core::not_logged_in();
    if (session.status != 200) {
        throw peer_unreachable("it answered with status " + std::to_string(session.status));
    }
    return id_in(session);
}

answer inventory_service::list_products(const visit& now) {
    const auto filter = core::product_filter_of(now.where);
    if (!filter) return filter.error();
    return core::json_response(200, core::to_json(catalogue_.list(*filter), filter->window));
}

answer inventory_service::show_product(const visit& now) {
    const auto found = catalogue_.find(now.id);
    if (!found) return core::not_found("there is no such product");
    return core::json_response(200, {{"product", core::to_json(*found)}});
}

answer inventory_service::show_cart(const visit& now) {
    const auto user = user_id(now.asked);
    if (!user) return user.error();
    return core::json_response(200, core::to_json(carts_.of(*user)));
}

answer inventory_service::set_cart_item(const visit& now) {
    const auto user = user_id(now.asked);
    if (!user) return user.error();
    const auto quantity = core::parse_quantity(now.asked);
    if (!quantity) return quantity.error();
    if (!carts_.set(*user, {now.id, *quantity})) {
        return core::not_found("there is no such product");
    }
    return core::json_response(200, {{"product_id", now.id}, {"quantity", *quantity}});
}

answer inventory_service::check_out(const visit& now) {
    const auto user = user_id(now.asked);
    if (!user) return user.error();
    const auto chosen = core::parse_basket(now.asked);
    if (!chosen) return chosen.error();
    const auto done = orders_.place(*user, *chosen);
    const auto* placed = std::get_if<core::order>(&done);
    if (placed == nullptr) return error_of(done);
    auto out = core::json_response(201, {{"order", core::to_json(*placed)}});
    out.headers.emplace_back("Location", "/api/orders/" + std::to_string(placed->id));
    return out;
}

answer inventory_service::list_orders(const visit& now) {
    const auto user = user_id(now.asked);
    if (!user) return user.error();
    const auto window = core::page_window_of(now.where);
    if (!window) return window.error();
    return core::json_response(200, core::to_json(orders_.of(*user, *window), *window));
}

answer inventory_service::show_order(const visit& now) {
    const auto user = user_id(now.asked);
    if (!user) return user.error();
    const auto found = orders_.find(*user, now.id);
    if (!found) return core::not_found("there is no such order of yours");
    return core::json_response(200, {{"order", core::to_json(*found)}});
}

answer inventory_service::catalogue_page(const visit& now) {
    const auto filter = core::product_filter_of(now.where);
    if (!filter) return filter.error();
    return storefront::catalogue_page({*filter, catalogue_.list(*filter), catalogue_.categories()});
}

answer inventory_service::product_page(const visit& now) {
    const auto found = catalogue_.find(now.id);
    if (!found) return core::not_found("There is no such product.");
    return storefront::product_page(*found);
}

answer inventory_service::cart_page(const visit& now) {
    const auto user = user_id(now.asked);
    if (!user) return user.error();
    return storefront::cart_page(carts_.of(*user));
}

answer inventory_service::orders_page(const visit& now) {
    const auto user = user_id(now.asked);
    if (!user) return user.error();
    const auto window = core::page_window_of(now.where);
    if (!window) return window.error();
    return storefront::orders_page(orders_.of(*user, *window), *window);
}

}  // namespace shop::service

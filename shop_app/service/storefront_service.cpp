#include "service/storefront_service.hpp"

#include "core/json_fields.hpp"
#include "core/user.hpp"
#include "storefront/frame.hpp"
#include "storefront/pages.hpp"

namespace shop::service {
namespace json = boost::json;
namespace {

// The object in the answer, or the error that it is, in the words of the service that made it.
core::outcome<json::object> told_by(const call& whom, const core::request& asked, const std::string& target) {
    const auto told = whom(question_for(asked, target));
    auto body = core::object_in(told.body);
    if (told.status == 200 && body) return std::move(*body);
    const auto* error = body ? body->if_contains("error") : nullptr;
    if (error == nullptr || !error->is_object()) {
        throw peer_unreachable(target + ": status " + std::to_string(told.status));
    }
    const auto& said = error->get_object();
    core::api_error passed(told.status, core::text_of(said, "code"), core::text_of(said, "message"));
    passed.headers = told.headers;
    return passed;
}

std::string query_of(const core::request& asked) {
    const auto at = asked.target.find('?');
    return at == std::string::npos ? "" : asked.target.substr(at);
}

}  // namespace

core::response storefront_service::operator()(const core::request& asked) {
    const auto where = core::parse_target(asked.target);
    if (!where) return core::to_response(core::bad_request("bad_target", "the path is broken"));
    const auto found = core::find_storefront_route(asked.verb, *where);
    const auto result = act_on<core::storefront_task>(
        found, [&](const auto& task) { return perform(task.what, {asked, *where, task.id}); });
    if (result) return *result;
    const auto* matched = std::get_if<core::matched<core::storefront_task>>(&found);
    const bool is_for_programs = where->segments.size() > 1 && where->segments.front() == "api";
    auto refused = told(result.error(), matched != nullptr ? matched->is_page : !is_for_programs);
    if (matched != nullptr) refused.route = matched->pattern;
    return refused;
}

answer storefront_service::perform(core::storefront_task what, const visit& now) {
    using core::storefront_task;
    switch (what) {
        case storefront_task::catalogue_page:
            return catalogue_page(now);
        case storefront_task::product_page:
            return product_page(now);
        case storefront_task::cart_page:
            return cart_page(now);
        case storefront_task::orders_page:
            return orders_page(now);
        case storefront_task::order_page:
            return order_page(now);
        case storefront_task::account_page:
            return storefront::account_page();
        case storefront_task::verify_page:
            return storefront::verify_page(now.where.parameter("code"));
        case storefront_task::admin_page:
            return admin_page(now);
        case storefront_task::style_sheet:
            return storefront::style_sheet();
        case storefront_task::script:
            return storefront::script();
        case storefront_task::ask_users:
            return ask_.users(now.asked);
        case storefront_task::ask_inventory:
            return ask_.inventory(now.asked);
        case storefront_task::ask_orders:
            return ask_.orders(now.asked);
    }
    return core::not_found("there is nothing at this path");
}

answer storefront_service::catalogue_page(const visit& now) {
    const auto filter = core::product_filter_of(now.where);
    if (!filter) return filter.error();
    const auto told = told_by(ask_.inventory, now.asked, "/api/products" + query_of(now.asked));
    if (!told) return told.error();
    return storefront::catalogue_page({*filter, core::product_list_in(*told)});
}

answer storefront_service::product_page(const visit& now) {
    const auto told = told_by(ask_.inventory, now.asked, "/api/products/" + std::to_string(now.id));
    if (!told) return told.error();
    const auto* shown = told->if_contains("product");
    const auto product = shown != nullptr ? core::product_in(*shown) : std::nullopt;
    if (!product) throw peer_unreachable("a product without a number in its answer");
    return storefront::product_page(*product);
}

answer storefront_service::cart_page(const visit& now) {
    const auto cart = told_by(ask_.orders, now.asked, "/api/cart");
    if (!cart) return cart.error();
    const auto held = told_by(ask_.orders, now.asked, "/api/reservations");
    if (!held) return held.error();
    return storefront::cart_page(core::cart_in(*cart), core::reservations_in(*held));
}

answer storefront_service::orders_page(const visit& now) {
    const auto window = core::page_window_of(now.where);
    if (!window) return window.error();
    const auto told = told_by(ask_.orders, now.asked, "/api/orders" + query_of(now.asked));
    if (!told) return told.error();
    return storefront::orders_page(core::order_list_in(*told), *window);
}

answer storefront_service::order_page(const visit& now) {
    const auto told = told_by(ask_.orders, now.asked, "/api/orders/" + std::to_string(now.id));
    if (!told) return told.error();
    const auto* shown = told->if_contains("order");
    const auto order = shown != nullptr ? core::order_in(*shown) : std::nullopt;
    if (!order) throw peer_unreachable("an order without a number in its answer");
    return storefront::order_page(*order);
}

answer storefront_service::admin_page(const visit& now) {
    const auto session = told_by(ask_.users, now.asked, "/api/session");
    if (!session) return session.error();
    const auto* shown = session->if_contains("user");
    const auto user = shown != nullptr ? core::user_in(*shown) : std::nullopt;
    if (!user || !user->is_admin) return core::api_error{403, "not_allowed", "This is for administrators."};
    const auto filter = core::product_filter_of(now.where);
    if (!filter) return filter.error();
    const auto told = told_by(ask_.inventory, now.asked, "/api/products" + query_of(now.asked));
    if (!told) return told.error();
    return storefront::admin_page({*filter, core::product_list_in(*told)});
}

}  // namespace shop::service

#include "core/task.hpp"

#include <array>
#include <optional>
#include <string_view>

#include "core/number.hpp"

namespace shop::core {
namespace {

template <class Task>
struct entry {
    method verb;
    std::string_view pattern;  // {id} stands for a key
    Task what;
    bool is_page = false;
};

using user_entry = entry<user_task>;
constexpr std::array user_entries{
    user_entry{method::post, "api/register", user_task::register_user},
    user_entry{method::post, "api/verify", user_task::verify},
    user_entry{method::post, "api/login", user_task::log_in},
    user_entry{method::post, "api/logout", user_task::log_out},
    user_entry{method::get, "api/session", user_task::show_session},
    user_entry{method::put, "api/profile", user_task::set_profile},
    user_entry{method::put, "api/password", user_task::change_password},
};

using item_entry = entry<inventory_task>;
constexpr std::array inventory_entries{
    item_entry{method::get, "api/categories", inventory_task::list_categories},
    item_entry{method::get, "api/products", inventory_task::list_products},
    item_entry{method::get, "api/products/{id}", inventory_task::show_product},
    item_entry{method::put, "api/products/{id}/price", inventory_task::set_price},
    item_entry{method::post, "api/products/{id}/restock", inventory_task::restock},
};

using order_entry = entry<order_task>;
constexpr std::array order_entries{
    order_entry{method::get, "api/cart", order_task::show_cart},
    order_entry{method::put, "api/cart/items/{id}", order_task::set_cart_item},
    order_entry{method::get, "api/reservations", order_task::list_held},
    order_entry{method::put, "api/reservations/{id}", order_task::hold},
    order_entry{method::remove, "api/reservations/{id}", order_task::let_go},
    order_entry{method::post, "api/checkout", order_task::check_out},
    order_entry{method::get, "api/orders", order_task::list_orders},
    order_entry{method::get, "api/orders/{id}", order_task::show_order},
    order_entry{method::post, "api/orders/{id}/cancel", order_task::cancel_order},
};

using page_entry = entry<storefront_task>;
constexpr std::array page_entries{
    page_entry{method::get, "", storefront_task::catalogue_page, true},
    page_entry{method::get, "products/{id}", storefront_task::product_page, true},
    page_entry{method::get, "cart", storefront_task::cart_page, true},
    page_entry{method::get, "orders", storefront_task::orders_page, true},
    page_entry{method::get, "orders/{id}", storefront_task::order_page, true},
    page_entry{method::get, "account", storefront_task::account_page, true},
    page_entry{method::get, "verify", storefront_task::verify_page, true},
    page_entry{method::get, "admin", storefront_task::admin_page, true},
    page_entry{method::get, "assets/shop.css", storefront_task::style_sheet},
    page_entry{method::get, "assets/shop.js", storefront_task::script},
};

// The key in the path, 0 when the pattern has none; nothing when the path does not fit.
std::optional<std::int64_t> fit(std::string_view pattern, const target& where) {
    std::int64_t id = 0;
    for (const auto& segment : where.segments) {
        if (pattern.empty()) return std::nullopt;
        const auto end = pattern.find('/');
        const auto expected = pattern.substr(0, end);
        pattern = end == std::string_view::npos ? std::string_view{} : pattern.substr(end + 1);
        if (expected == "{id}") {
            const auto key = id_of(segment);
            if (!key) return std::nullopt;
            id = *key;
        } else if (expected != segment) {
            return std::nullopt;
        }
    }
    if (!pattern.empty()) return std::nullopt;
    return id;
}

// HEAD is answered wherever GET is.
std::string_view allow_of(method verb) { return verb == method::get ? "GET, HEAD" : name_of(verb); }

template <class Task, std::size_t N>
route<Task> find_route(const std::array<entry<Task>, N>& entries, method verb,
                       const target& where) {
    std::string allowed;
    for (const auto& candidate : entries) {
        const auto id = fit(candidate.pattern, where);
        if (!id) continue;
        if (candidate.verb == verb) {
            return matched<Task>{candidate.what, *id, candidate.is_page, candidate.pattern};
        }
        if (!allowed.empty()) allowed += ", ";
        allowed += allow_of(candidate.verb);
    }
    if (allowed.empty()) return path_unknown{};
    return method_unfit{allowed};
}

// Of another service: found there, whatever it is, it is to be passed on.
template <class Task>
std::optional<route<storefront_task>> passed_on(const route<Task>& found, storefront_task to) {
    if (const auto* hit = std::get_if<matched<Task>>(&found)) {
        return matched<storefront_task>{to, hit->id, false, hit->pattern};
    }
    if (const auto* unfit = std::get_if<method_unfit>(&found)) return *unfit;
    return std::nullopt;
}

template <class Entries>
std::vector<std::string> paths_of(const Entries& entries) {
    std::vector<std::string> all;
    for (const auto& one : entries) {
        all.push_back(std::string(name_of(one.verb)) + " /" + std::string(one.pattern));
    }
    return all;
}

}  // namespace

route<user_task> find_user_route(method verb, const target& where) {
    return find_route(user_entries, verb, where);
}

route<inventory_task> find_inventory_route(method verb, const target& where) {
    return find_route(inventory_entries, verb, where);
}

route<order_task> find_order_route(method verb, const target& where) {
    return find_route(order_entries, verb, where);
}

route<storefront_task> find_storefront_route(method verb, const target& where) {
    using enum storefront_task;
    if (auto found = passed_on(find_user_route(verb, where), ask_users)) return *found;
    if (auto found = passed_on(find_inventory_route(verb, where), ask_inventory)) return *found;
    if (auto found = passed_on(find_order_route(verb, where), ask_orders)) return *found;
    return find_route(page_entries, verb, where);
}

std::vector<std::string> user_paths() { return paths_of(user_entries); }
std::vector<std::string> inventory_paths() { return paths_of(inventory_entries); }
std::vector<std::string> order_paths() { return paths_of(order_entries); }

}  // namespace shop::core

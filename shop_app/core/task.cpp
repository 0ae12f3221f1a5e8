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
    user_entry{method::get, "healthz", user_task::health},
    user_entry{method::post, "api/register", user_task::register_user},
    user_entry{method::post, "api/login", user_task::log_in},
    user_entry{method::post, "api/logout", user_task::log_out},
    user_entry{method::get, "api/session", user_task::show_session},
};

using item_entry = entry<inventory_task>;
constexpr std::array inventory_entries{
    item_entry{method::get, "healthz", inventory_task::health},
    item_entry{method::get, "api/categories", inventory_task::list_categories},
    item_entry{method::get, "api/products", inventory_task::list_products},
    item_entry{method::get, "api/products/{id}", inventory_task::show_product},
    item_entry{method::get, "api/cart", inventory_task::show_cart},
    item_entry{method::put, "api/cart/items/{id}", inventory_task::set_cart_item},
    item_entry{method::post, "api/checkout", inventory_task::check_out},
    item_entry{method::get, "api/orders", inventory_task::list_orders},
    item_entry{method::get, "api/orders/{id}", inventory_task::show_order},
    item_entry{method::post, "api/register", inventory_task::ask_user_service},
    item_entry{method::post, "api/login", inventory_task::ask_user_service},
    item_entry{method::post, "api/logout", inventory_task::ask_user_service},
    item_entry{method::get, "api/session", inventory_task::ask_user_service},
    item_entry{method::get, "", inventory_task::catalogue_page, true},
    item_entry{method::get, "products/{id}", inventory_task::product_page, true},
    item_entry{method::get, "cart", inventory_task::cart_page, true},
    item_entry{method::get, "orders", inventory_task::orders_page, true},
    item_entry{method::get, "account", inventory_task::account_page, true},
    item_entry{method::get, "assets/shop.css", inventory_task::style_sheet},
    item_entry{method::get, "assets/shop.js", inventory_task::script},
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

std::string_view allow_of(method verb) {
    switch (verb) {
        case method::get:
            return "GET, HEAD";
        case method::post:
            return "POST";
        case method::put:
            return "PUT";
        case method::other:
            return "";
    }
    return "";
}

template <class Task, std::size_t N>
route<Task> find_route(const std::array<entry<Task>, N>& entries, method verb,
                       const target& where) {
    std::string allowed;
    for (const auto& candidate : entries) {
        const auto id = fit(candidate.pattern, where);
        if (!id) continue;
        if (candidate.verb == verb) return matched<Task>{candidate.what, *id, candidate.is_page};
        if (!allowed.empty()) allowed += ", ";
        allowed += allow_of(candidate.verb);
    }
    if (allowed.empty()) return path_unknown{};
    return method_unfit{allowed};
}

}  // namespace

route<user_task> find_user_route(method verb, const target& where) {
    return find_route(user_entries, verb, where);
}

route<inventory_task> find_inventory_route(method verb, const target& where) {
    return find_route(inventory_entries, verb, where);
}

}  // namespace shop::core

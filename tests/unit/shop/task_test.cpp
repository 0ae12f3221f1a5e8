#include "core/task.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "openapi/openapi.hpp"

namespace shop::core {
namespace {

route<inventory_task> inventory(method verb, std::string_view path) {
    return find_inventory_route(verb, *parse_target(path));
}

route<user_task> user(method verb, std::string_view path) {
    return find_user_route(verb, *parse_target(path));
}

route<order_task> order(method verb, std::string_view path) {
    return find_order_route(verb, *parse_target(path));
}

route<storefront_task> page(method verb, std::string_view path) {
    return find_storefront_route(verb, *parse_target(path));
}

template <class Task>
Task what(const route<Task>& found) {
    return std::get<matched<Task>>(found).what;
}

TEST(task, every_task_of_the_user_service_has_its_path) {
    EXPECT_EQ(what(user(method::post, "/api/register")), user_task::register_user);
    EXPECT_EQ(what(user(method::post, "/api/verify")), user_task::verify);
    EXPECT_EQ(what(user(method::post, "/api/login")), user_task::log_in);
    EXPECT_EQ(what(user(method::post, "/api/logout")), user_task::log_out);
    EXPECT_EQ(what(user(method::get, "/api/session")), user_task::show_session);
    EXPECT_EQ(what(user(method::put, "/api/profile")), user_task::set_profile);
    EXPECT_EQ(what(user(method::put, "/api/password")), user_task::change_password);
}

TEST(task, every_task_of_the_inventory_service_has_its_path) {
    using enum inventory_task;
    EXPECT_EQ(what(inventory(method::get, "/api/categories")), list_categories);
    EXPECT_EQ(what(inventory(method::get, "/api/products?page=2")), list_products);
    EXPECT_EQ(what(inventory(method::get, "/api/products/7")), show_product);
    EXPECT_EQ(what(inventory(method::put, "/api/products/7/price")), set_price);
    EXPECT_EQ(what(inventory(method::post, "/api/products/7/restock")), restock);
}

TEST(task, every_task_of_the_order_service_has_its_path) {
    using enum order_task;
    EXPECT_EQ(what(order(method::get, "/api/cart")), show_cart);
    EXPECT_EQ(what(order(method::put, "/api/cart/items/7")), set_cart_item);
    EXPECT_EQ(what(order(method::get, "/api/reservations")), list_held);
    EXPECT_EQ(what(order(method::put, "/api/reservations/7")), hold);
    EXPECT_EQ(what(order(method::remove, "/api/reservations/7")), let_go);
    EXPECT_EQ(what(order(method::post, "/api/checkout")), check_out);
    EXPECT_EQ(what(order(method::get, "/api/orders")), list_orders);
    EXPECT_EQ(what(order(method::get, "/api/orders/7")), show_order);
    EXPECT_EQ(what(order(method::post, "/api/orders/7/cancel")), cancel_order);
}

TEST(task, the_storefront_has_pages_and_passes_the_rest_on) {
    using enum storefront_task;
    EXPECT_EQ(what(page(method::get, "/")), catalogue_page);
    EXPECT_EQ(what(page(method::get, "/products/7")), product_page);
    EXPECT_EQ(what(page(method::get, "/cart")), cart_page);
    EXPECT_EQ(what(page(method::get, "/orders")), orders_page);
    EXPECT_EQ(what(page(method::get, "/orders/7")), order_page);
    EXPECT_EQ(what(page(method::get, "/account")), account_page);
    EXPECT_EQ(what(page(method::get, "/verify?code=x")), verify_page);
    EXPECT_EQ(what(page(method::get, "/admin")), admin_page);
    EXPECT_EQ(what(page(method::get, "/assets/shop.css")), style_sheet);
    EXPECT_EQ(what(page(method::get, "/assets/shop.js")), script);
    EXPECT_EQ(what(page(method::post, "/api/login")), ask_users);
    EXPECT_EQ(what(page(method::get, "/api/products/7")), ask_inventory);
    EXPECT_EQ(what(page(method::remove, "/api/reservations/7")), ask_orders);
}

// The methods and paths of a description, as they stand in it.
std::vector<std::string> described(std::string_view service) {
    const auto document = boost::json::parse(openapi_of(service));
    std::vector<std::string> all;
    for (const auto& [path, item] : document.at("paths").as_object()) {
        for (const auto& [verb, operation] : item.as_object()) {
            std::string name(verb);
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
            EXPECT_FALSE(operation.at("responses").as_object().empty());
            all.push_back(name + " " + std::string(path));
        }
    }
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<std::string> sorted(std::vector<std::string> all) {
    std::sort(all.begin(), all.end());
    return all;
}

TEST(task, the_descriptions_have_every_path_and_no_other) {
    EXPECT_EQ(described("user"), sorted(user_paths()));
    EXPECT_EQ(described("inventory"), sorted(inventory_paths()));
    EXPECT_EQ(described("order"), sorted(order_paths()));
    EXPECT_EQ(openapi_of("storefront"), "");
}

TEST(task, the_key_comes_from_the_path) {
    const auto found = inventory(method::get, "/api/products/9223372036854775807");
    EXPECT_EQ(std::get<matched<inventory_task>>(found).id, 9223372036854775807);
}

TEST(task, what_is_no_key_is_no_path) {
    for (const auto* path : {"/api/products/0", "/api/products/-1", "/api/products/x",
                             "/api/products/9223372036854775808", "/api/products/7/8", "/api",
                             "/nothing", "/products", "/assets/../main.cpp"}) {
        EXPECT_TRUE(std::holds_alternative<path_unknown>(page(method::get, path))) << path;
    }
}

TEST(task, a_wrong_method_is_told_the_right_one) {
    EXPECT_EQ(std::get<method_unfit>(page(method::get, "/api/checkout")).allowed, "POST");
    EXPECT_EQ(std::get<method_unfit>(page(method::post, "/api/orders")).allowed, "GET, HEAD");
    EXPECT_EQ(std::get<method_unfit>(page(method::other, "/")).allowed, "GET, HEAD");
    EXPECT_EQ(std::get<method_unfit>(user(method::get, "/api/login")).allowed, "POST");
}

TEST(task, pages_are_known_as_pages) {
    EXPECT_TRUE(std::get<matched<storefront_task>>(page(method::get, "/cart")).is_page);
    EXPECT_FALSE(std::get<matched<storefront_task>>(page(method::get, "/api/cart")).is_page);
    EXPECT_EQ(std::get<matched<storefront_task>>(page(method::get, "/api/orders/7")).pattern, "api/orders/{id}");
}

}  // namespace
}  // namespace shop::core

#include "core/task.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace shop::core {
namespace {

route<inventory_task> inventory(method verb, std::string_view path) {
    return find_inventory_route(verb, *parse_target(path));
}

route<user_task> user(method verb, std::string_view path) {
    return find_user_route(verb, *parse_target(path));
}

template <class Task>
Task what(const route<Task>& found) {
    return std::get<matched<Task>>(found).what;
}

TEST(task, every_task_of_the_user_service_has_its_path) {
    EXPECT_EQ(what(user(method::get, "/healthz")), user_task::health);
    EXPECT_EQ(what(user(method::post, "/api/register")), user_task::register_user);
    EXPECT_EQ(what(user(method::post, "/api/login")), user_task::log_in);
    EXPECT_EQ(what(user(method::post, "/api/logout")), user_task::log_out);
    EXPECT_EQ(what(user(method::get, "/api/session")), user_task::show_session);
}

TEST(task, every_task_of_the_inventory_service_has_its_path) {
    using enum inventory_task;
    EXPECT_EQ(what(inventory(method::get, "/healthz")), health);
    EXPECT_EQ(what(inventory(method::get, "/api/categories")), list_categories);
    EXPECT_EQ(what(inventory(method::get, "/api/products?page=2")), list_products);
    EXPECT_EQ(what(inventory(method::get, "/api/products/7")), show_product);
    EXPECT_EQ(what(inventory(method::get, "/api/cart")), show_cart);
    EXPECT_EQ(what(inventory(method::put, "/api/cart/items/7")), set_cart_item);
    EXPECT_EQ(what(inventory(method::post, "/api/checkout")), check_out);
    EXPECT_EQ(what(inventory(method::get, "/api/orders")), list_orders);
    EXPECT_EQ(what(inventory(method::get, "/api/orders/7")), show_order);
    EXPECT_EQ(what(inventory(method::get, "/")), catalogue_page);
    EXPECT_EQ(what(inventory(method::get, "/products/7")), product_page);
    EXPECT_EQ(what(inventory(method::get, "/cart")), cart_page);
    EXPECT_EQ(what(inventory(method::get, "/orders")), orders_page);
    EXPECT_EQ(what(inventory(method::get, "/account")), account_page);
    EXPECT_EQ(what(inventory(method::get, "/assets/shop.css")), style_sheet);
    EXPECT_EQ(what(inventory(method::get, "/assets/shop.js")), script);
    EXPECT_EQ(what(inventory(method::post, "/api/login")), ask_user_service);
    EXPECT_EQ(what(inventory(method::get, "/api/session")), ask_user_service);
}

TEST(task, the_key_comes_from_the_path) {
    const auto found = inventory(method::get, "/api/products/9223372036854775807");
    EXPECT_EQ(std::get<matched<inventory_task>>(found).id, 9223372036854775807);
}

TEST(task, what_is_no_key_is_no_path) {
    for (const auto* path : {"/api/products/0", "/api/products/-1", "/api/products/x",
                             "/api/products/9223372036854775808", "/api/products/7/8", "/api",
                             "/nothing", "/products", "/assets/../main.cpp"}) {
        EXPECT_TRUE(std::holds_alternative<path_unknown>(inventory(method::get, path))) << path;
    }
}

TEST(task, a_wrong_method_is_told_the_right_one) {
    EXPECT_EQ(std::get<method_unfit>(inventory(method::get, "/api/checkout")).allowed, "POST");
    EXPECT_EQ(std::get<method_unfit>(inventory(method::post, "/api/orders")).allowed, "GET, HEAD");
    EXPECT_EQ(std::get<method_unfit>(inventory(method::other, "/")).allowed, "GET, HEAD");
    EXPECT_EQ(std::get<method_unfit>(user(method::get, "/api/login")).allowed, "POST");
}

TEST(task, pages_are_known_as_pages) {
    EXPECT_TRUE(std::get<matched<inventory_task>>(inventory(method::get, "/cart")).is_page);
    EXPECT_FALSE(std::get<matched<inventory_task>>(inventory(method::get, "/api/cart")).is_page);
}

}  // namespace
}  // namespace shop::core

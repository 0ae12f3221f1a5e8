// What a service is asked to do: method and path to a task. Knows no database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/http_message.hpp"
#include "core/target.hpp"

namespace shop::core {

enum class user_task {
    register_user,    // new account
    verify,           // the address is its owner's
    log_in,           // new session
    log_out,          // the session ends
    show_session,     // whose session is this
    set_profile,      // name and address
    change_password,  // and end all other sessions
};

enum class inventory_task {
    list_categories,  // all of them
    list_products,    // listed or searched, by page
    show_product,     // one, with its stock
    set_price,        // an administrator's
    restock,          // an administrator's
};

enum class order_task {
    show_cart,         // what this user has put in
    set_cart_item,     // how many of one product, 0 takes it out
    list_held,         // what is held for this user
    hold,              // takes one product out of stock for a while
    let_go,            // gives it back
    check_out,         // buy
    list_orders,       // this user's, newest first
    show_order,        // one of this user's
    cancel_order,      // gives the stock back
};

// The pages that people read, and what these call.
enum class storefront_task {
    catalogue_page,
    product_page,
    cart_page,
    orders_page,
    order_page,
    account_page,
    verify_page,
    admin_page,
    style_sheet,
    script,
    ask_users,      // passed on, so that the browser sees one origin
    ask_inventory,  // likewise
    ask_orders,     // likewise
};

template <class Task>
struct matched {
    Task what;
    std::int64_t id = 0;         // from the path, where its pattern has one
    bool is_page = false;        // people read it: its errors are pages too
    std::string_view pattern{};  // of static storage
};
struct path_unknown {};
struct method_unfit {
    std::string allowed;  // for the Allow header, RFC 9110 section 15.5.6
};

template <class Task>
using route = std::variant<matched<Task>, path_unknown, method_unfit>;

route<user_task> find_user_route(method verb, const target& where);
route<inventory_task> find_inventory_route(method verb, const target& where);
route<order_task> find_order_route(method verb, const target& where);
route<storefront_task> find_storefront_route(method verb, const target& where);

// "GET /api/products/{id}", ...: what a service answers, as its OpenAPI file must have it.
std::vector<std::string> user_paths();
std::vector<std::string> inventory_paths();
std::vector<std::string> order_paths();

}  // namespace shop::core

// What a service is asked to do: method and path to a task. Knows no database.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/http_message.hpp"
#include "core/target.hpp"

namespace shop::core {

enum class user_task {
    health,         // does the process answer
    register_user,  // new account
    log_in,         // new session
    log_out,        // the session ends
    show_session,   // whose session is this
};

enum class inventory_task {
    health,            // does the process answer
    list_categories,   // all of them
    list_products,     // listed or searched, by page
    show_product,      // one, with its stock
    show_cart,         // what this user has put in
    set_cart_item,     // how many of one product, 0 takes it out
    check_out,         // buy
    list_orders,       // this user's, newest first
    show_order,        // one of this user's
    catalogue_page,    // storefront: list and search
    product_page,      // storefront
    cart_page,         // storefront
    orders_page,       // storefront
    account_page,      // storefront: register, log in, log out
    style_sheet,       // storefront
    script,            // storefront
    ask_user_service,  // passed on, so that the browser sees one origin
};

template <class Task>
struct matched {
    Task what;
    std::int64_t id = 0;   // from the path, where its pattern has one
    bool is_page = false;  // people read it: its errors are pages too
};
struct path_unknown {};
struct method_unfit {
    std::string allowed;  // for the Allow header, RFC 9110 section 15.5.6
};

template <class Task>
using route = std::variant<matched<Task>, path_unknown, method_unfit>;

route<user_task> find_user_route(method verb, const target& where);
route<inventory_task> find_inventory_route(method verb, const target& where);

}  // namespace shop::core

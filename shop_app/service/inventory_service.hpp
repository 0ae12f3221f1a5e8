// The inventory service: catalogue, carts, checkout, orders and the storefront, as a function from
// request to response. Knows no socket; who is logged in it asks the user service.
#pragma once

#include <functional>

#include "core/http_message.hpp"
#include "database/connection_pool.hpp"
#include "records/carts.hpp"
#include "records/catalogue.hpp"
#include "records/orders.hpp"
#include "service/dispatch.hpp"

namespace shop::service {

// Sends a request to the user service; throws peer_unreachable.
using user_service_call = std::function<core::response(const core::request&)>;

class inventory_service {
public:
    // `browsing` serves everybody and never writes, `personal` what belongs to one user.
    inventory_service(database::connection_pool& browsing, database::connection_pool& personal,
                      user_service_call ask_user_service)
        : catalogue_(browsing),
          carts_(personal),
          orders_(personal),
          ask_user_service_(std::move(ask_user_service)) {}

    // Thread-safe; waits for the database.
    core::response operator()(const core::request& asked);

private:
    using task = core::matched<core::inventory_task>;
    struct visit {
        const core::request& asked;
        const core::target& where;
        std::int64_t id;
    };

    answer perform(core::inventory_task what, const visit& now);
    core::outcome<std::int64_t> user_id(const core::request& asked);

    answer list_products(const visit& now);
    answer show_product(const visit& now);
    answer show_cart(const visit& now);
    answer set_cart_item(const visit& now);
    answer check_out(const visit& now);
    answer list_orders(const visit& now);
    answer show_order(const visit& now);
    answer catalogue_page(const visit& now);
    answer product_page(const visit& now);
    answer cart_page(const visit& now);
    answer orders_page(const visit& now);

    records::catalogue catalogue_;
    records::carts carts_;
    records::orders orders_;
    user_service_call ask_user_service_;
};

}  // namespace shop::service

// The order service: cart, what is held, checkout and orders, as a function from request to response. Knows no socket; who
// is logged in it asks the user service.
#pragma once

#include "core/http_message.hpp"
#include "database/connection_pool.hpp"
#include "records/carts.hpp"
#include "records/orders.hpp"
#include "records/reservations.hpp"
#include "service/dispatch.hpp"
#include "service/visitors.hpp"

namespace shop::service {

class order_service {
public:
    order_service(database::connection_pool& pool, records::change_listener on_sold, call ask_users)
        : carts_(pool), orders_(pool, on_sold), reservations_(pool, std::move(on_sold)), visitors_(std::move(ask_users)) {}

    // Thread-safe; waits for the database.
    core::response operator()(const core::request& asked);

private:
    struct visit_of_user : visit {
        std::int64_t user;
    };
    answer perform(core::order_task what, const visit_of_user& now);
    answer set_cart_item(const visit_of_user& now);
    answer list_held(const visit_of_user& now);
    answer hold(const visit_of_user& now);
    answer check_out(const visit_of_user& now);
    answer list_orders(const visit_of_user& now);
    answer show_order(const visit_of_user& now);
    answer cancel_order(const visit_of_user& now);

    records::carts carts_;
    records::orders orders_;
    records::reservations reservations_;
    visitors visitors_;
};

}  // namespace shop::service

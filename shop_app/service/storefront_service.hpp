// The storefront: pages for people, made of what the other services answer; and what these pages' scripts ask, passed on
// to them, so that a browser knows one address. Knows no database and no socket.
#pragma once

#include "core/http_message.hpp"
#include "core/target.hpp"
#include "service/call.hpp"
#include "service/dispatch.hpp"

namespace shop::service {

struct neighbours {
    call users;
    call inventory;
    call orders;
};

class storefront_service {
public:
    explicit storefront_service(neighbours ask) : ask_(std::move(ask)) {}

    // Thread-safe; waits for the others.
    core::response operator()(const core::request& asked);

private:
    answer perform(core::storefront_task what, const visit& now);
    answer catalogue_page(const visit& now);
    answer product_page(const visit& now);
    answer cart_page(const visit& now);
    answer orders_page(const visit& now);
    answer order_page(const visit& now);
    answer admin_page(const visit& now);

    neighbours ask_;
};

}  // namespace shop::service

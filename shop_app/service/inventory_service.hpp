// The inventory service: the catalogue with prices and stock, as a function from request to response. Knows no socket;
// who is an administrator it asks the user service.
#pragma once

#include "cache/cached_catalogue.hpp"
#include "core/http_message.hpp"
#include "records/stock.hpp"
#include "service/dispatch.hpp"
#include "service/visitors.hpp"

namespace shop::service {

class inventory_service {
public:
    inventory_service(cache::cached_catalogue& catalogue, database::connection_pool& writing, call ask_users)
        : catalogue_(catalogue),
          stock_(writing, [&catalogue](const auto& ids, const auto& token) { catalogue.note_edited(ids, token); }),
          visitors_(std::move(ask_users)) {}

    // Thread-safe; waits for the database.
    core::response operator()(const core::request& asked);

private:
    answer perform(core::inventory_task what, const visit& now);
    answer list_products(const visit& now);
    answer show_product(const visit& now);
    answer set_price(const visit& now);
    answer restock(const visit& now);

    cache::cached_catalogue& catalogue_;
    records::stock stock_;
    visitors visitors_;
};

}  // namespace shop::service

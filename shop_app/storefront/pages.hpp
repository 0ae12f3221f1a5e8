// The pages of the storefront: values in, HTML out.
#pragma once

#include <vector>

#include "core/http_message.hpp"
#include "core/order.hpp"
#include "core/product.hpp"

namespace shop::storefront {

struct catalogue_view {
    core::product_filter filter;
    core::product_list found;
    std::vector<core::category> categories;
};

core::response catalogue_page(const catalogue_view& view);
core::response product_page(const core::product& shown);
core::response cart_page(const core::cart& shown);
core::response orders_page(const core::order_list& shown, const core::page_window& window);
core::response account_page();

}  // namespace shop::storefront

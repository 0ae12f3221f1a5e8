// The pages of the storefront: values in, HTML out.
#pragma once

#include <string_view>
#include <vector>

#include "core/http_message.hpp"
#include "core/order.hpp"
#include "core/product.hpp"

namespace shop::storefront {

struct catalogue_view {
    core::product_filter filter;
    core::product_list found;
};

core::response catalogue_page(const catalogue_view& view);
core::response product_page(const core::product& shown);
core::response admin_page(const catalogue_view& view);

core::response cart_page(const core::cart& shown, const std::vector<core::reservation>& held);
core::response orders_page(const core::order_list& shown, const core::page_window& window);
core::response order_page(const core::order& shown);

core::response account_page();
core::response verify_page(std::string_view code);

}  // namespace shop::storefront

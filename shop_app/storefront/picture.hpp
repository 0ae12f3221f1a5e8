// A picture of a product, drawn: what its category is, in colours that are its own. No file, and the same each time.
#pragma once

#include <cstdint>
#include <string_view>

#include "storefront/markup.hpp"

namespace shop::storefront {

// An SVG element; decoration, so that screen readers pass over it.
void put_picture(markup& out, std::int64_t product_id, std::string_view category_slug);

}  // namespace shop::storefront

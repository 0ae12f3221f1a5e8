// Products and categories as the catalogue shows them.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "core/page_window.hpp"

namespace shop::core {

struct category {
    std::string slug;
    std::string name;
};

struct product {
    std::int64_t id = 0;
    std::string name;
    std::string description;
    std::string category_slug;
    std::string category_name;
    std::int64_t price_cents = 0;
    std::int64_t stock = 0;
};

// What of the catalogue is asked for.
struct product_filter {
    std::string words;          // "" is all
    std::string category_slug;  // "" is all
    page_window window;
};

struct product_list {
    std::vector<product> products;
    bool has_more = false;  // is there a next page
};

// ?search=, ?category=, ?page=, ?per_page=
outcome<product_filter> product_filter_of(const target& where);

boost::json::object to_json(const category& shown);
boost::json::object to_json(const product& shown);
boost::json::object to_json(const product_list& shown, const page_window& window);

}  // namespace shop::core

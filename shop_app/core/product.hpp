// Products and categories as the catalogue shows them.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
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

enum class product_order {
    best,        // what fits the words best; without words by number
    cheap,       // the lowest price first
    expensive,   // the highest price first
    newest,
};

// What of the catalogue is asked for.
struct product_filter {
    std::string words;          // "" is all
    std::string category_slug;  // "" is all
    std::optional<std::int64_t> from_cents;
    std::optional<std::int64_t> to_cents;
    product_order order = product_order::best;
    page_window window;

    // As a query, without the page: "search=oak&order=cheap".
    std::string as_query() const;
};

std::string_view to_text(product_order order);

// How many products a choice would leave.
struct facet {
    category of;
    std::int64_t products = 0;
};

struct product_list {
    std::vector<product> products;
    bool has_more = false;      // is there a next page
    std::vector<facet> facets{};  // of the words and prices, whichever category is chosen
};

// ?search=, ?category=, ?from=, ?to= (cents), ?order=best|cheap|expensive|newest, ?page=, ?per_page=
outcome<product_filter> product_filter_of(const target& where);

boost::json::object to_json(const category& shown);
boost::json::object to_json(const product& shown);
boost::json::object to_json(const product_list& shown, const page_window& window);

// What another service has told of them; nothing where it is none.
std::optional<product> product_in(const boost::json::value& told);
product_list product_list_in(const boost::json::object& told);

}  // namespace shop::core

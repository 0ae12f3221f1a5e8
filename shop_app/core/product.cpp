#include "core/product.hpp"

#include <boost/json/array.hpp>

#include "core/text.hpp"

namespace shop::core {
namespace json = boost::json;

outcome<product_filter> product_filter_of(const target& where) {
    const auto window = page_window_of(where);
    if (!window) return window.error();
    const auto words = trimmed(where.parameter("search"));
    if (character_count(words) > 200) {
        return bad_request("bad_search", "search for at most 200 characters");
    }
    return product_filter{std::string(words), std::string(where.parameter("category")), *window};
}

json::object to_json(const category& shown) { return {{"slug", shown.slug}, {"name", shown.name}}; }

json::object to_json(const product& shown) {
    return {{"id", shown.id},
            {"name", shown.name},
            {"description", shown.description},
            {"category", shown.category_slug},
            {"price_cents", shown.price_cents},
            {"stock", shown.stock}};
}

json::object to_json(const product_list& shown, const page_window& window) {
    json::array products;
    for (const auto& one : shown.products) products.push_back(to_json(one));
    return {{"products", std::move(products)},
            {"page", window.page},
            {"per_page", window.per_page},
            {"has_more", shown.has_more}};
}

}  // namespace shop::core

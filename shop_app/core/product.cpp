#include "core/product.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "core/json_fields.hpp"
#include "core/number.hpp"
#include "core/text.hpp"

namespace shop::core {
namespace json = boost::json;
namespace {

constexpr std::int64_t highest_price = 100'000'000;
constexpr std::array orders{std::pair(product_order::best, std::string_view("best")),
                            std::pair(product_order::cheap, std::string_view("cheap")),
                            std::pair(product_order::expensive, std::string_view("expensive")),
                            std::pair(product_order::newest, std::string_view("newest"))};

outcome<std::optional<std::int64_t>> price_of(const target& where, std::string_view name) {
    const auto text = where.parameter(name);
    if (text.empty()) return std::optional<std::int64_t>();
    const auto cents = number_in(text, 0, highest_price);
    if (!cents) return bad_request("bad_price", "from and to are prices in cents");
    return std::optional(*cents);
}

}  // namespace

std::string_view to_text(product_order order) {
    for (const auto& [each, text] : orders) {
        if (each == order) return text;
    }
    return "best";
}

std::string product_filter::as_query() const {
    std::string query;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        query.append(query.empty() ? "" : "&").append(name).append("=").append(percent_encoded(value));
    };
    add("search", words);
    add("category", category_slug);
    add("from", from_cents ? std::to_string(*from_cents) : "");
    add("to", to_cents ? std::to_string(*to_cents) : "");
    if (order != product_order::best) add("order", to_text(order));
    return query;
}

outcome<product_filter> product_filter_of(const target& where) {
    const auto window = page_window_of(where);
    if (!window) return window.error();
    const auto words = trimmed(where.parameter("search"));
    if (character_count(words) > 200) {
        return bad_request("bad_search", "search for at most 200 characters");
    }
    const auto from = price_of(where, "from");
    if (!from) return from.error();
    const auto to = price_of(where, "to");
    if (!to) return to.error();
    product_filter filter{std::string(words), std::string(where.parameter("category")), *from, *to,
                          product_order::best, *window};
    if (const auto wish = where.parameter("order"); !wish.empty()) {
        for (const auto& [order, text] : orders) {
            if (text == wish) {
                filter.order = order;
                return filter;
            }
        }
        return bad_request("bad_order", "order is best, cheap, expensive or newest");
    }
    return filter;
}

json::object to_json(const category& shown) { return {{"slug", shown.slug}, {"name", shown.name}}; }

json::object to_json(const product& shown) {
    return {{"id", shown.id},
            {"name", shown.name},
            {"description", shown.description},
            {"category", shown.category_slug},
            {"category_name", shown.category_name},
            {"price_cents", shown.price_cents},
            {"stock", shown.stock}};
}

json::object to_json(const product_list& shown, const page_window& window) {
    json::array products;
    for (const auto& one : shown.products) products.push_back(to_json(one));
    json::array facets;
    for (const auto& one : shown.facets) {
        auto facet = to_json(one.of);
        facet["products"] = one.products;
        facets.push_back(std::move(facet));
    }
    return {{"products", std::move(products)},
            {"page", window.page},
            {"per_page", window.per_page},
            {"has_more", shown.has_more},
            {"facets", std::move(facets)}};
}

std::optional<product> product_in(const json::value& told) {
    const auto* object = told.if_object();
    if (object == nullptr || number_of(*object, "id") == 0) return std::nullopt;
    return product{number_of(*object, "id"),         text_of(*object, "name"),
                   text_of(*object, "description"),  text_of(*object, "category"),
                   text_of(*object, "category_name"), number_of(*object, "price_cents"),
                   number_of(*object, "stock")};
}

product_list product_list_in(const json::object& told) {
    product_list list;
    list.has_more = truth_of(told, "has_more");
    for (const auto& one : list_of(told, "products")) {
        if (auto found = product_in(one)) list.products.push_back(std::move(*found));
    }
    for (const auto& one : list_of(told, "facets")) {
        if (const auto* object = one.if_object()) {
            list.facets.push_back({{text_of(*object, "slug"), text_of(*object, "name")}, number_of(*object, "products")});
        }
    }
    return list;
}

}  // namespace shop::core

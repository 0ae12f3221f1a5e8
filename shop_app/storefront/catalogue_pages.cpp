// The pages about products: the catalogue, one product, and the administrator's list.
#include <array>

#include "storefront/frame.hpp"
#include "storefront/markup.hpp"
#include "storefront/pages.hpp"
#include "storefront/picture.hpp"

namespace shop::storefront {
namespace {

constexpr std::int64_t few = 5;

// A link to what this filter finds, from its first page on.
void put_link(markup& out, std::string_view path, const core::product_filter& filter) {
    out.tag("<a href=\"").text(path).tag("?").text(filter.as_query()).tag("\"");
}

void put_current(markup& out, bool is_current) {
    if (is_current) out.tag(" aria-current=\"true\"");
    out.tag(">");
}

void put_facets(markup& out, const catalogue_view& view) {
    auto all = view.filter;
    all.category_slug.clear();
    out.tag("<nav class=\"facets\" aria-label=\"Narrow the list\"><h2>Departments</h2><ul><li>");
    put_link(out, "/", all);
    put_current(out, view.filter.category_slug.empty());
    out.tag("All</a></li>");
    for (const auto& facet : view.found.facets) {
        auto chosen = view.filter;
        chosen.category_slug = facet.of.slug;
        out.tag("<li>");
        put_link(out, "/", chosen);
        put_current(out, facet.of.slug == view.filter.category_slug);
        out.text(facet.of.name).tag(" <span class=\"count\">").number(facet.products).tag("</span></a></li>");
    }
    out.tag("</ul>");
}

struct price_range {
    std::string_view name;
    std::optional<std::int64_t> from;
    std::optional<std::int64_t> to;
};

void put_prices(markup& out, const core::product_filter& filter) {
    const std::array ranges{price_range{"Any price", {}, {}}, price_range{"Under € 25", {}, 2499},
                            price_range{"€ 25 to 50", 2500, 4999}, price_range{"€ 50 to 100", 5000, 9999},
                            price_range{"€ 100 and more", 10000, {}}};
    out.tag("<h2>Price</h2><ul>");
    for (const auto& range : ranges) {
        auto chosen = filter;
        chosen.from_cents = range.from;
        chosen.to_cents = range.to;
        out.tag("<li>");
        put_link(out, "/", chosen);
        put_current(out, filter.from_cents == range.from && filter.to_cents == range.to);
        out.text(range.name).tag("</a></li>");
    }
    out.tag("</ul></nav>");
}

void put_sorting(markup& out, const core::product_filter& filter) {
    using core::product_order;
    constexpr std::array choices{std::pair(product_order::best, "Best match"), std::pair(product_order::cheap, "Price, low first"),
                                 std::pair(product_order::expensive, "Price, high first"),
                                 std::pair(product_order::newest, "Newest")};
    out.tag("<p class=\"sorting\">Sort by ");
    for (const auto& [order, name] : choices) {
        auto chosen = filter;
        chosen.order = order;
        put_link(out, "/", chosen);
        put_current(out, order == filter.order);
        out.text(name).tag("</a> ");
    }
    out.tag("</p>");
}

// A link to another page of the same list.
void put_page_link(markup& out, std::string_view path, const core::product_filter& filter, std::int64_t page) {
    out.tag("<a href=\"").text(path).tag("?page=").number(page);
    out.tag("&amp;per_page=").number(filter.window.per_page);
    if (const auto query = filter.as_query(); !query.empty()) out.tag("&amp;").text(query);
    out.tag("\">");
}

void put_paging(markup& out, std::string_view path, const catalogue_view& view) {
    const auto page = view.filter.window.page;
    out.tag("<p class=\"paging\">");
    if (page > 1) {
        put_page_link(out, path, view.filter, page - 1);
        out.tag("← Previous</a>");
    }
    out.tag("<span>Page ").number(page).tag("</span>");
    if (view.found.has_more) {
        put_page_link(out, path, view.filter, page + 1);
        out.tag("Next →</a>");
    }
    out.tag("</p>");
}

void put_stock(markup& out, std::int64_t stock) {
    if (stock > few) {
        out.tag("<span class=\"stock\">").number(stock).tag(" in stock</span>");
    } else if (stock > 0) {
        out.tag("<span class=\"stock few\">Only ").number(stock).tag(" left</span>");
    } else {
        out.tag("<span class=\"stock none\">Out of stock</span>");
    }
}

void put_product_card(markup& out, const core::product& shown) {
    out.tag("<li class=\"card\"><a href=\"/products/").number(shown.id).tag("\">");
    put_picture(out, shown.id, shown.category_slug);
    out.tag("<span class=\"name\">").text(shown.name).tag("</span></a><span class=\"price\">").money(shown.price_cents);
    out.tag("</span>");
    put_stock(out, shown.stock);
    out.tag("</li>");
}

}  // namespace

core::response catalogue_page(const catalogue_view& view) {
    markup out;
    out.tag("<div class=\"catalogue\">");
    put_facets(out, view);
    put_prices(out, view.filter);
    out.tag("<section aria-label=\"Products\">");
    put_sorting(out, view.filter);
    if (view.found.products.empty()) {
        out.tag("<p>Nothing here. Try another word, or fewer conditions.</p>");
    } else {
        out.tag("<ul class=\"products\">");
        for (const auto& product : view.found.products) put_product_card(out, product);
        out.tag("</ul>");
    }
    put_paging(out, "/", view);
    out.tag("</section></div>");
    const auto& words = view.filter.words;
    return framed(200, words.empty() ? "Everything we have" : "Search: " + words, out, words);
}

core::response product_page(const core::product& shown) {
    markup out;
    out.tag("<article class=\"product\">");
    put_picture(out, shown.id, shown.category_slug);
    out.tag("<div><p class=\"department\"><a href=\"/?category=").query_value(shown.category_slug).tag("\">");
    out.text(shown.category_name).tag("</a></p><p class=\"description\">").text(shown.description);
    out.tag("</p><p class=\"price\">").money(shown.price_cents).tag("</p><p>");
    put_stock(out, shown.stock);
    out.tag("</p>");
    if (shown.stock > 0) {
        out.tag("<form data-action=\"add-to-cart\" data-product=\"").number(shown.id);
        out.tag(
            "\"><label>Quantity <input name=\"quantity\" type=\"number\" value=\"1\" min=\"1\" "
            "max=\"100\" required></label><button>Add to cart</button></form>");
        out.tag("<form data-action=\"hold\" data-product=\"").number(shown.id);
        out.tag("\"><button class=\"quiet\">Hold one for me for 15 minutes</button></form>");
    }
    out.tag("</div></article>");
    return framed(200, shown.name, out);
}

core::response admin_page(const catalogue_view& view) {
    markup out;
    out.tag(
        "<form class=\"search\" action=\"/admin\"><input type=\"search\" name=\"search\" aria-label=\"Search products\" "
        "maxlength=\"200\" value=\"");
    out.text(view.filter.words).tag("\"><button>Find</button></form>");
    out.tag(
        "<table><thead><tr><th>Product</th><th>In stock</th><th>Price in cents</th><th>Delivery</th></tr></thead><tbody>");
    for (const auto& product : view.found.products) {
        out.tag("<tr><td><a href=\"/products/").number(product.id).tag("\">").text(product.name);
        out.tag("</a></td><td class=\"stock-of-").number(product.id).tag("\">").number(product.stock);
        out.tag("</td><td><form class=\"inline\" data-action=\"set-price\" data-product=\"").number(product.id);
        out.tag("\"><input name=\"price_cents\" type=\"number\" min=\"0\" max=\"100000000\" required aria-label=\"Price of ");
        out.text(product.name).tag("\" value=\"").number(product.price_cents).tag("\"><button>Set</button></form></td>");
        out.tag("<td><form class=\"inline\" data-action=\"restock\" data-product=\"").number(product.id);
        out.tag("\"><input name=\"quantity\" type=\"number\" min=\"1\" max=\"100000\" required aria-label=\"Delivery of ");
        out.text(product.name).tag("\" value=\"10\"><button>Restock</button></form></td></tr>");
    }
    out.tag("</tbody></table>");
    put_paging(out, "/admin", view);
    return framed(200, "Administration", out);
}

}  // namespace shop::storefront

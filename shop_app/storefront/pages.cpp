#include "storefront/pages.hpp"

#include "storefront/frame.hpp"
#include "storefront/markup.hpp"

namespace shop::storefront {
namespace {

void put_categories(markup& out, const catalogue_view& view) {
    out.tag("<ul class=\"categories\"><li><a href=\"/\">All</a></li>");
    for (const auto& category : view.categories) {
        const bool is_chosen = category.slug == view.filter.category_slug;
        out.tag("<li><a href=\"/?category=").query_value(category.slug).tag("\"");
        if (is_chosen) out.tag(" aria-current=\"page\"");
        out.tag(">").text(category.name).tag("</a></li>");
    }
    out.tag("</ul>");
}

// A link to another page of the same list.
void put_page_link(markup& out, const core::product_filter& filter, std::int64_t page) {
    out.tag("<a href=\"/?page=").number(page);
    out.tag("&amp;per_page=").number(filter.window.per_page);
    if (!filter.words.empty()) out.tag("&amp;search=").query_value(filter.words);
    if (!filter.category_slug.empty()) {
        out.tag("&amp;category=").query_value(filter.category_slug);
    }
    out.tag("\">");
}

void put_paging(markup& out, const catalogue_view& view) {
    const auto page = view.filter.window.page;
    out.tag("<p class=\"paging\">");
    if (page > 1) {
        put_page_link(out, view.filter, page - 1);
        out.tag("← Previous</a>");
    }
    out.tag("<span>Page ").number(page).tag("</span>");
    if (view.found.has_more) {
        put_page_link(out, view.filter, page + 1);
        out.tag("Next →</a>");
    }
    out.tag("</p>");
}

void put_product_card(markup& out, const core::product& shown) {
    out.tag("<li class=\"card\"><a href=\"/products/").number(shown.id).tag("\">");
    out.text(shown.name).tag("</a><span class=\"price\">").money(shown.price_cents);
    out.tag("</span><span class=\"stock\">");
    if (shown.stock > 0) {
        out.number(shown.stock).tag(" in stock");
    } else {
        out.tag("Out of stock");
    }
    out.tag("</span></li>");
}

void put_lines(markup& out, const std::vector<core::order_line>& lines) {
    out.tag(
        "<table><thead><tr><th>Product</th><th>Quantity</th><th>Each</th><th>Sum</th></tr>"
        "</thead><tbody>");
    for (const auto& line : lines) {
        out.tag("<tr><td><a href=\"/products/").number(line.product_id).tag("\">");
        out.text(line.name).tag("</a></td><td>").number(line.quantity);
        out.tag("</td><td>").money(line.price_cents);
        out.tag("</td><td>").money(line.quantity * line.price_cents).tag("</td></tr>");
    }
    out.tag("</tbody></table>");
}

}  // namespace

core::response catalogue_page(const catalogue_view& view) {
    markup out;
    put_categories(out, view);
    if (view.found.products.empty()) {
        out.tag("<p>Nothing here. Try another word.</p>");
    } else {
        out.tag("<ul class=\"products\">");
        for (const auto& product : view.found.products) put_product_card(out, product);
        out.tag("</ul>");
    }
    put_paging(out, view);
    const auto& words = view.filter.words;
    return framed(200, words.empty() ? "Everything we have" : "Search: " + words, out);
}

core::response product_page(const core::product& shown) {
    markup out;
    out.tag("<p class=\"description\">").text(shown.description).tag("</p>");
    out.tag("<p><a href=\"/?category=").query_value(shown.category_slug).tag("\">");
    out.text(shown.category_name).tag("</a></p><p class=\"price\">").money(shown.price_cents);
    out.tag("</p>");
    if (shown.stock > 0) {
        out.tag("<p class=\"stock\">").number(shown.stock).tag(" in stock</p>");
        out.tag("<form data-action=\"add-to-cart\" data-product=\"").number(shown.id);
        out.tag(
            "\"><label>Quantity <input name=\"quantity\" type=\"number\" value=\"1\" min=\"1\" "
            "max=\"100\" required></label><button>Add to cart</button></form>");
    } else {
        out.tag("<p class=\"stock\">Out of stock</p>");
    }
    return framed(200, shown.name, out);
}

core::response cart_page(const core::cart& shown) {
    markup out;
    if (shown.lines.empty()) {
        out.tag("<p>Your cart is empty.</p>");
        return framed(200, "Your cart", out);
    }
    put_lines(out, shown.lines);
    for (const auto& line : shown.lines) {
        out.tag("<form class=\"remove\" data-action=\"take-out\" data-product=\"");
        out.number(line.product_id).tag("\"><button>Take out ").text(line.name);
        out.tag("</button></form>");
    }
    out.tag("<p class=\"price\">Together ").money(core::total_cents_of(shown.lines));
    out.tag("</p><form data-action=\"check-out\"><button>Buy</button></form>");
    return framed(200, "Your cart", out);
}

core::response orders_page(const core::order_list& shown, const core::page_window& window) {
    markup out;
    if (shown.orders.empty()) out.tag("<p>No orders here yet.</p>");
    for (const auto& order : shown.orders) {
        out.tag("<section class=\"order\"><h2>Order ").number(order.id).tag("</h2><p>");
        out.tag("<time datetime=\"").text(order.placed_at).tag("\">").text(order.placed_at);
        out.tag("</time> · ").money(order.total_cents).tag("</p>");
        put_lines(out, order.lines);
        out.tag("</section>");
    }
    if (shown.has_more) {
        out.tag("<p class=\"paging\"><a href=\"/orders?page=").number(window.page + 1);
        out.tag("\">Older →</a></p>");
    }
    return framed(200, "Your orders", out);
}

core::response account_page() {
    markup out;
    out.tag(
        "<section id=\"visitor\"><form data-action=\"log-in\"><h2>Log in</h2>"
        "<label>E-mail <input name=\"email\" type=\"email\" autocomplete=\"username\" required>"
        "</label><label>Password <input name=\"password\" type=\"password\" "
        "autocomplete=\"current-password\" minlength=\"8\" required></label>"
        "<button>Log in</button></form>"
        "<form data-action=\"register\"><h2>Register</h2>"
        "<label>Name <input name=\"name\" autocomplete=\"name\" maxlength=\"100\" required>"
        "</label><label>E-mail <input name=\"email\" type=\"email\" autocomplete=\"username\" "
        "required></label><label>Password <input name=\"password\" type=\"password\" "
        "autocomplete=\"new-password\" minlength=\"8\" required></label>"
        "<button>Register</button></form></section>"
        "<section id=\"member\" hidden><p id=\"member-name\"></p>"
        "<form data-action=\"log-out\"><button>Log out</button></form></section>");
    return framed(200, "Your account", out);
}

}  // namespace shop::storefront

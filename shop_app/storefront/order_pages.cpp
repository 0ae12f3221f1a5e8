// The pages of one visitor: cart, orders, account.
#include "storefront/frame.hpp"
#include "storefront/markup.hpp"
#include "storefront/pages.hpp"

namespace shop::storefront {
namespace {

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

void put_time(markup& out, std::string_view rfc3339) {
    out.tag("<time datetime=\"").text(rfc3339).tag("\">").text(rfc3339).tag("</time>");
}

void put_order_head(markup& out, const core::order& shown) {
    out.tag("<p>");
    put_time(out, shown.placed_at);
    out.tag(" · ").money(shown.total_cents);
    if (shown.is_cancelled) out.tag(" · <strong class=\"cancelled\">cancelled</strong>");
    out.tag("</p>");
}

void put_held(markup& out, const std::vector<core::reservation>& held) {
    if (held.empty()) return;
    out.tag("<section class=\"held\"><h2>Held for you</h2><ul>");
    for (const auto& one : held) {
        out.tag("<li>").number(one.quantity).tag(" × <a href=\"/products/").number(one.product_id).tag("\">");
        out.text(one.name).tag("</a> until ");
        put_time(out, one.expires_at);
        out.tag(" <form class=\"inline\" data-action=\"let-go\" data-product=\"").number(one.product_id);
        out.tag("\"><button class=\"quiet\">Let go</button></form></li>");
    }
    out.tag("</ul></section>");
}

}  // namespace

core::response cart_page(const core::cart& shown, const std::vector<core::reservation>& held) {
    markup out;
    if (shown.lines.empty()) {
        out.tag("<p>Your cart is empty.</p>");
    } else {
        put_lines(out, shown.lines);
        for (const auto& line : shown.lines) {
            out.tag("<form class=\"remove\" data-action=\"take-out\" data-product=\"");
            out.number(line.product_id).tag("\"><button class=\"quiet\">Take out ").text(line.name);
            out.tag("</button></form>");
        }
        out.tag("<p class=\"price\">Together ").money(core::total_cents_of(shown.lines));
        out.tag("</p><form data-action=\"check-out\"><button>Buy</button></form>");
    }
    put_held(out, held);
    return framed(200, "Your cart", out);
}

core::response orders_page(const core::order_list& shown, const core::page_window& window) {
    markup out;
    if (shown.orders.empty()) out.tag("<p>No orders here yet.</p>");
    for (const auto& order : shown.orders) {
        out.tag("<section class=\"order\"><h2><a href=\"/orders/").number(order.id).tag("\">Order ");
        out.number(order.id).tag("</a></h2>");
        put_order_head(out, order);
        put_lines(out, order.lines);
        out.tag("</section>");
    }
    if (shown.has_more) {
        out.tag("<p class=\"paging\"><a href=\"/orders?page=").number(window.page + 1);
        out.tag("\">Older →</a></p>");
    }
    return framed(200, "Your orders", out);
}

core::response order_page(const core::order& shown) {
    markup out;
    put_order_head(out, shown);
    put_lines(out, shown.lines);
    if (!shown.is_cancelled) {
        out.tag("<form data-action=\"cancel-order\" data-order=\"").number(shown.id);
        out.tag("\"><button class=\"quiet\">Cancel this order</button></form>");
    }
    out.tag("<p><a href=\"/orders\">All orders</a></p>");
    return framed(200, "Order " + std::to_string(shown.id), out);
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
        "<section id=\"member\" hidden><p><strong id=\"member-name\"></strong> <span id=\"member-state\"></span></p>"
        "<form data-action=\"set-profile\"><h2>Profile</h2>"
        "<label>Name <input name=\"name\" autocomplete=\"name\" maxlength=\"100\" required></label>"
        "<label>Address <input name=\"address\" autocomplete=\"street-address\" maxlength=\"500\"></label>"
        "<button>Save</button></form>"
        "<form data-action=\"change-password\"><h2>Password</h2>"
        "<label>Old password <input name=\"old_password\" type=\"password\" autocomplete=\"current-password\" "
        "minlength=\"8\" required></label>"
        "<label>New password <input name=\"new_password\" type=\"password\" autocomplete=\"new-password\" "
        "minlength=\"8\" required></label><button>Change</button></form>"
        "<p id=\"admin-link\" hidden><a href=\"/admin\">Administration</a></p>"
        "<form data-action=\"log-out\"><button class=\"quiet\">Log out</button></form></section>");
    return framed(200, "Your account", out);
}

core::response verify_page(std::string_view code) {
    markup out;
    out.tag("<p>One click, and we know that this address is yours.</p><form data-action=\"verify\" data-code=\"");
    out.text(code).tag("\"><button>Confirm my address</button></form>");
    return framed(200, "Confirm your address", out);
}

}  // namespace shop::storefront

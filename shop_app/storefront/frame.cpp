#include "storefront/frame.hpp"

#include "storefront/assets.hpp"

namespace shop::storefront {

core::response framed(int status, std::string_view title, const markup& content, std::string_view words) {
    markup page;
    page.tag(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
        .text(title)
        .tag(
            " · Riverside Stores</title><link rel=\"stylesheet\" href=\"/assets/shop.css\">"
            "<script src=\"/assets/shop.js\" defer></script></head><body>"
            "<header><a class=\"brand\" href=\"/\">Riverside Stores</a>"
            "<form class=\"search\" action=\"/\" role=\"search\">"
            "<input type=\"search\" name=\"search\" placeholder=\"Search the shop\" "
            "aria-label=\"Search the shop\" maxlength=\"200\" value=\"")
        .text(words)
        .tag(
            "\"><button>Search</button></form>"
            "<nav aria-label=\"Yours\"><a href=\"/cart\">Cart</a><a href=\"/orders\">Orders</a>"
            "<a href=\"/account\" id=\"account-link\">Log in</a></nav></header><main><h1>")
        .text(title)
        .tag("</h1><p id=\"notice\" role=\"status\"></p>")
        .part(content)
        .tag("</main><footer>Riverside Stores · a shop that knows one database address</footer></body></html>\n");
    // No script and no style but the shop's own: a text that slipped through could not run.
    return {status,
            "text/html; charset=utf-8",
            page.html(),
            {{"Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"},
             {"Cache-Control", "no-store"}}};
}

core::response error_page(const core::api_error& error) {
    markup content;
    content.tag("<p class=\"problem\">").text(error.message).tag("</p>");
    if (error.status == 401) {
        content.tag("<p><a href=\"/account\">Log in or register</a></p>");
    } else {
        content.tag("<p><a href=\"/\">Back to the shop</a></p>");
    }
    auto page =
        framed(error.status, error.status == 401 ? "Log in first" : "That did not work", content);
    page.headers.insert(page.headers.end(), error.headers.begin(), error.headers.end());
    return page;
}

core::response style_sheet() {
    return {200,
            "text/css; charset=utf-8",
            std::string(assets::style_sheet),
            {{"Cache-Control", "max-age=300"}}};
}

core::response script() {
    return {200,
            "text/javascript; charset=utf-8",
            std::string(assets::script),
            {{"Cache-Control", "max-age=300"}}};
}

}  // namespace shop::storefront

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "storefront/frame.hpp"
#include "storefront/markup.hpp"
#include "storefront/pages.hpp"
#include "storefront/picture.hpp"

namespace shop::storefront {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string hostile = "<script>alert('x')</script>\"&";

TEST(storefront, text_cannot_become_markup) {
    markup out;
    out.tag("<p title=\"").text(hostile).tag("\">");
    EXPECT_EQ(out.html(),
              "<p title=\"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;\">");
}

TEST(storefront, money_has_two_places) {
    const auto shown = [](std::int64_t cents) { return markup().money(cents).html(); };
    EXPECT_EQ(shown(0), "€ 0.00");
    EXPECT_EQ(shown(5), "€ 0.05");
    EXPECT_EQ(shown(123450), "€ 1234.50");
}

TEST(storefront, hostile_names_and_words_are_escaped_on_every_page) {
    core::product product{1, hostile, hostile, "tools", hostile, 100, 3};
    catalogue_view view;
    view.filter.words = hostile;
    view.filter.category_slug = hostile;
    view.found = {{product}, true, {{{"tools", hostile}, 7}}};
    const std::vector<core::order_line> lines{{1, hostile, 1, 100}};
    const core::order_list orders{{{1, hostile, 100, lines, true}}, true};
    for (const auto& page :
         {catalogue_page(view), product_page(product), admin_page(view), cart_page({lines}, {{1, hostile, 1, hostile}}),
          orders_page(orders, {}), order_page(orders.orders.front()), verify_page(hostile),
          error_page(core::not_found(hostile))}) {
        EXPECT_THAT(page.body, Not(HasSubstr("<script>alert")));
        EXPECT_THAT(page.body, HasSubstr("&lt;script&gt;alert"));
    }
}

TEST(storefront, links_to_other_pages_keep_the_search) {
    catalogue_view view;
    view.filter.words = "oak & ash";
    view.filter.window = {2, 20};
    view.found.has_more = true;
    const auto page = catalogue_page(view).body;
    EXPECT_THAT(page, HasSubstr("/?page=1&amp;per_page=20&amp;search=oak%20%26%20ash"));
    EXPECT_THAT(page, HasSubstr("/?page=3&amp;per_page=20&amp;search=oak%20%26%20ash"));
}

TEST(storefront, what_is_out_of_stock_cannot_be_put_into_the_cart) {
    core::product product{1, "Mug", "A mug.", "kitchen", "Kitchen", 100, 0};
    EXPECT_THAT(product_page(product).body, Not(HasSubstr("add-to-cart")));
    product.stock = 1;
    EXPECT_THAT(product_page(product).body, HasSubstr("add-to-cart"));
}

TEST(storefront, an_error_page_keeps_status_and_headers) {
    const auto page = error_page(core::unavailable("database_unavailable", "Try again."));
    EXPECT_EQ(page.status, 503);
    EXPECT_THAT(page.headers, testing::Contains(testing::Pair("Retry-After", "1")));
    EXPECT_THAT(error_page(core::not_logged_in()).body, HasSubstr("/account"));
}

TEST(storefront, no_foreign_script_may_run) {
    EXPECT_THAT(account_page().headers,
                testing::Contains(
                    testing::Pair("Content-Security-Policy", HasSubstr("default-src 'self'"))));
}

TEST(storefront, every_form_of_the_pages_has_its_act_in_the_script) {
    const auto script_text = script().body;
    core::product product{1, "Mug", "A mug.", "kitchen", "Kitchen", 100, 9};
    catalogue_view view;
    view.found.products = {product};
    const std::vector<core::order_line> lines{{1, "Mug", 1, 100}};
    std::set<std::string> acts;
    for (const auto& page : {product_page(product), admin_page(view), cart_page({lines}, {{1, "Mug", 1, "soon"}}),
                             order_page({1, "now", 100, lines}), account_page(), verify_page("x")}) {
        for (auto at = page.body.find("data-action=\""); at != std::string::npos; at = page.body.find("data-action=\"", at + 1)) {
            const auto begin = at + 13;
            acts.insert(page.body.substr(begin, page.body.find('"', begin) - begin));
        }
    }
    EXPECT_EQ(acts.size(), 14u);
    for (const auto& act : acts) EXPECT_THAT(script_text, HasSubstr("\"" + act + "\": async"));
    EXPECT_THAT(style_sheet().body, HasSubstr("body"));
}

TEST(storefront, the_list_can_be_narrowed_and_sorted) {
    catalogue_view view;
    view.filter.words = "oak";
    view.filter.order = core::product_order::cheap;
    view.found.facets = {{{"tools", "Tools"}, 12}, {{"toys", "Toys"}, 3}};
    const auto page = catalogue_page(view).body;
    EXPECT_THAT(page, HasSubstr("/?search=oak&amp;category=toys&amp;order=cheap"));
    EXPECT_THAT(page, HasSubstr("Toys <span class=\"count\">3</span>"));
    EXPECT_THAT(page, HasSubstr("/?search=oak&amp;from=2500&amp;to=4999&amp;order=cheap"));
    EXPECT_THAT(page, HasSubstr("aria-current=\"true\">Price, low first"));
}

TEST(storefront, every_category_has_its_own_picture) {
    std::set<std::string> drawn;
    for (const auto* slug : {"kitchen", "tools", "garden", "office", "lighting", "furniture", "toys", "clothing", "music",
                             "boats", "cycling", "clocks", "of another shop"}) {
        markup out;
        put_picture(out, 1, slug);
        EXPECT_THAT(out.html(), testing::StartsWith("<svg"));
        EXPECT_THAT(out.html(), Not(HasSubstr("style=")));
        drawn.insert(out.html());
    }
    EXPECT_EQ(drawn.size(), 13u);
}

}  // namespace
}  // namespace shop::storefront

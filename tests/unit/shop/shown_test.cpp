// What values look like when the shop shows them as JSON.
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>

#include "core/order.hpp"
#include "core/outcome.hpp"
#include "core/product.hpp"
#include "core/timestamp.hpp"
#include "core/user.hpp"

namespace shop::core {
namespace {

namespace json = boost::json;

const order one_order{7, "2026-11-23T22:55:19+00:00", 700, {{3, "Oak Mug", 2, 350}}};

TEST(shown, a_timestamp_is_rfc3339) {
    EXPECT_EQ(rfc3339("2026-11-23 22:55:19.123456+00"), "2026-11-23T22:55:19.123456+00:00");
    EXPECT_EQ(rfc3339("2026-11-23 22:55:19-03"), "2026-11-23T22:55:19-03:00");
    EXPECT_EQ(rfc3339("2026-11-23 22:55:19+05:30"), "2026-11-23T22:55:19+05:30");
}

TEST(shown, a_time_in_another_style_is_left_alone) {
    EXPECT_EQ(rfc3339("Mon Nov 23 22:55:19 2026 UTC"), "Mon Nov 23 22:55:19 2026 UTC");
    EXPECT_EQ(rfc3339("infinity"), "infinity");
    EXPECT_EQ(rfc3339(""), "");
}

TEST(shown, an_order_with_its_lines) {
    EXPECT_EQ(json::serialize(to_json(one_order)),
              R"({"id":7,"placed_at":"2026-11-23T22:55:19+00:00","total_cents":700,"status":"placed",)"
              R"("lines":[{"product_id":3,"name":"Oak Mug","quantity":2,"price_cents":350}]})");
}

TEST(shown, a_list_says_whether_it_goes_on) {
    EXPECT_EQ(json::serialize(to_json(order_list{{}, true}, page_window{2, 5})),
              R"({"orders":[],"page":2,"per_page":5,"has_more":true})");
    EXPECT_EQ(json::serialize(to_json(product_list{}, page_window{})),
              R"({"products":[],"page":1,"per_page":20,"has_more":false,"facets":[]})");
}

TEST(shown, a_cart_has_its_sum) {
    const cart shown{{{1, "A", 2, 150}, {2, "B", 1, 5}}};
    EXPECT_EQ(to_json(shown).at("total_cents").as_int64(), 305);
}

TEST(shown, text_is_escaped_as_json) {
    const auto text = json::serialize(to_json(user{1, "a@b.c", "A \"quoted\" \\ name"}));
    EXPECT_EQ(text, R"({"id":1,"email":"a@b.c","name":"A \"quoted\" \\ name","address":"",)"
                    R"("verified":false,"admin":false})");
}

TEST(shown, an_error_has_code_and_message_and_headers) {
    const auto answer = to_response(unavailable("database_unavailable", "try again"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body, R"({"error":{"code":"database_unavailable","message":"try again"}})");
    ASSERT_EQ(answer.headers.size(), 1u);
    EXPECT_EQ(answer.headers[0].first, "Retry-After");
}

TEST(shown, windows_and_filters_have_bounds) {
    EXPECT_EQ(page_window_of(*parse_target("/?page=3&per_page=50"))->offset(), 100);
    for (const auto* bad :
         {"/?page=0", "/?page=1001", "/?page=x", "/?per_page=0", "/?per_page=101", "/?page=-1"}) {
        EXPECT_FALSE(page_window_of(*parse_target(bad))) << bad;
    }
    const auto filter = product_filter_of(*parse_target("/?search=+oak+&category=tools"));
    ASSERT_TRUE(filter);
    EXPECT_EQ(filter->words, "oak");
    EXPECT_EQ(filter->category_slug, "tools");
    EXPECT_FALSE(product_filter_of(*parse_target("/?search=" + std::string(201, 'x'))));
}

TEST(shown, filters_have_prices_and_an_order) {
    const auto filter = product_filter_of(*parse_target("/?search=oak+%26+ash&from=100&to=2000&order=newest&page=3"));
    ASSERT_TRUE(filter);
    EXPECT_EQ(filter->from_cents, 100);
    EXPECT_EQ(filter->to_cents, 2000);
    EXPECT_EQ(filter->as_query(), "search=oak%20%26%20ash&from=100&to=2000&order=newest");
    for (const auto* bad : {"/?from=x", "/?to=-1", "/?order=random"}) EXPECT_FALSE(product_filter_of(*parse_target(bad))) << bad;
}

// What one service tells is what another one understands.
template <class Value, class Read>
void goes_and_comes(const Value& value, Read read) {
    EXPECT_EQ(to_json(*read(json::value(to_json(value)))), to_json(value));
}

TEST(shown, comes_back_as_it_was) {
    goes_and_comes(user{1, "a@b.c", "Ann", "A street", true, true}, user_in);
    goes_and_comes(product{3, "Oak Mug", "A mug.", "kitchen", "Kitchen", 350, 7}, product_in);
    goes_and_comes(one_order, order_in);
    auto cancelled = one_order;
    cancelled.is_cancelled = true;
    goes_and_comes(cancelled, order_in);
    const product_list list{{{3, "Oak Mug", "A mug.", "kitchen", "Kitchen", 350, 7}}, true, {{{"kitchen", "Kitchen"}, 9}}};
    EXPECT_EQ(to_json(product_list_in(to_json(list, {})), {}), to_json(list, {}));
    const order_list orders{{one_order}, true};
    EXPECT_EQ(to_json(order_list_in(to_json(orders, {})), {}), to_json(orders, {}));
    EXPECT_EQ(to_json(cart_in(to_json(cart{one_order.lines}))), to_json(cart{one_order.lines}));
    const auto held = reservations_in({{"reservations", {to_json(reservation{3, "Oak Mug", 2, "soon"})}}});
    ASSERT_EQ(held.size(), 1u);
    EXPECT_EQ(to_json(held[0]), to_json(reservation{3, "Oak Mug", 2, "soon"}));
}

TEST(shown, what_is_something_else_is_nothing) {
    for (const auto* text : {"null", "[]", "{}", R"({"id":"1"})", R"({"id":0})"}) {
        EXPECT_FALSE(user_in(json::parse(text))) << text;
        EXPECT_FALSE(product_in(json::parse(text))) << text;
        EXPECT_FALSE(order_in(json::parse(text))) << text;
    }
    EXPECT_TRUE(product_list_in({{"products", "none"}}).products.empty());
}

}  // namespace
}  // namespace shop::core

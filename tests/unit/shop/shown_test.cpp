// What values look like when the shop shows them as JSON.
#include <gtest/gtest.h>
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
              R"({"id":7,"placed_at":"2026-11-23T22:55:19+00:00","total_cents":700,)"
              R"("lines":[{"product_id":3,"name":"Oak Mug","quantity":2,"price_cents":350}]})");
}

TEST(shown, a_list_says_whether_it_goes_on) {
    EXPECT_EQ(json::serialize(to_json(order_list{{}, true}, page_window{2, 5})),
              R"({"orders":[],"page":2,"per_page":5,"has_more":true})");
    EXPECT_EQ(json::serialize(to_json(product_list{}, page_window{})),
              R"({"products":[],"page":1,"per_page":20,"has_more":false})");
}

TEST(shown, a_cart_has_its_sum) {
    const cart shown{{{1, "A", 2, 150}, {2, "B", 1, 5}}};
    EXPECT_EQ(to_json(shown).at("total_cents").as_int64(), 305);
}

TEST(shown, text_is_escaped_as_json) {
    const auto text = json::serialize(to_json(user{1, "a@b.c", "A \"quoted\" \\ name"}));
    EXPECT_EQ(text, R"({"id":1,"email":"a@b.c","name":"A \"quoted\" \\ name"})");
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

}  // namespace
}  // namespace shop::core

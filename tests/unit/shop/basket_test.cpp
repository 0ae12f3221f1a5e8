#include "core/basket.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/array_text.hpp"

namespace shop::core {
namespace {

outcome<basket> parsed(std::string body) {
    request asked;
    asked.content_type = "application/json";
    asked.body = std::move(body);
    return parse_basket(asked);
}

TEST(basket, is_sorted_by_product_so_that_locks_are_taken_in_one_order) {
    const auto chosen = parsed(R"({"items": [{"product_id": 9, "quantity": 1},
                                             {"product_id": 3, "quantity": 2}]})");
    ASSERT_TRUE(chosen);
    ASSERT_EQ(chosen->size(), 2u);
    EXPECT_EQ(array_text(*chosen, &wanted::product_id), "{3,9}");
    EXPECT_EQ(array_text(*chosen, &wanted::quantity), "{2,1}");
}

TEST(basket, a_product_named_twice_counts_twice) {
    const auto chosen = parsed(R"({"items": [{"product_id": 3, "quantity": 1},
                                             {"product_id": 3, "quantity": 2}]})");
    ASSERT_TRUE(chosen);
    EXPECT_EQ(array_text(*chosen, &wanted::quantity), "{3}");
}

TEST(basket, without_items_it_stands_for_the_cart) {
    const auto chosen = parsed("{}");
    ASSERT_TRUE(chosen);
    EXPECT_TRUE(chosen->empty());
    EXPECT_EQ(array_text(*chosen, &wanted::quantity), "{}");
}

TEST(basket, nonsense_is_refused) {
    for (const auto* body :
         {R"({"items": []})", R"({"items": {}})", R"({"items": [1]})", R"({"items": [{}]})",
          R"({"items": [{"product_id": 1}]})", R"({"items": [{"quantity": 1}]})",
          R"({"items": [{"product_id": 0, "quantity": 1}]})",
          R"({"items": [{"product_id": 1, "quantity": 0}]})",
          R"({"items": [{"product_id": 1, "quantity": -1}]})",
          R"({"items": [{"product_id": 1, "quantity": 101}]})",
          R"({"items": [{"product_id": 1, "quantity": 1.5}]})",
          R"({"items": [{"product_id": "1", "quantity": 1}]})",
          R"({"items": [{"product_id": 18446744073709551615, "quantity": 1}]})",
          R"({"items": [{"product_id": 1, "quantity": 60}, {"product_id": 1, "quantity": 60}]})"}) {
        const auto chosen = parsed(body);
        ASSERT_FALSE(chosen) << body;
        EXPECT_EQ(chosen.error().status, 400) << body;
    }
}

TEST(basket, holds_fifty_products_and_no_more) {
    const auto body = [](int count) {
        std::string items;
        for (int id = 1; id <= count; ++id) {
            if (id > 1) items += ',';
            items += R"({"quantity": 1, "product_id": )" + std::to_string(id) + "}";
        }
        return R"({"items": [)" + items + "]}";
    };
    EXPECT_TRUE(parsed(body(50)));
    EXPECT_FALSE(parsed(body(51)));
}

TEST(basket, a_quantity_of_a_cart_may_be_zero) {
    request asked;
    asked.content_type = "application/json";
    asked.body = R"({"quantity": 0})";
    EXPECT_EQ(*parse_quantity(asked), 0);
    asked.body = R"({"quantity": 101})";
    EXPECT_FALSE(parse_quantity(asked));
}

}  // namespace
}  // namespace shop::core

#include "records/checkout.hpp"

#include <optional>
#include <string>

#include "core/array_text.hpp"
#include "core/timestamp.hpp"
#include "records/locked_stock.hpp"

namespace shop::records {
namespace {

// Takes the rows out of the cart at once: of two checkouts of one cart the second finds it empty.
core::basket take_cart(database::connection& on, std::int64_t user_id) {
    const auto found = on.run(
        "WITH taken AS (DELETE FROM carts WHERE user_id = $1::bigint "
        "RETURNING product_id, quantity) "
        "SELECT product_id, quantity FROM taken ORDER BY product_id",
        {std::to_string(user_id)});
    core::basket out;
    for (int row = 0; row < found.count(); ++row) {
        out.push_back({found.number(row, 0), found.number(row, 1)});
    }
    return out;
}

std::variant<std::vector<core::order_line>, product_unknown, out_of_stock> lines_of(
    const core::basket& chosen, const locked_stock& stock) {
    std::vector<core::order_line> lines;
    for (const auto& item : chosen) {
        const auto* found = stock.find(item.product_id);
        if (found == nullptr) return product_unknown{item.product_id};
        if (found->available < item.quantity) {
            return out_of_stock{item.product_id, item.quantity, found->available};
        }
        lines.push_back({item.product_id, found->name, item.quantity, found->price_cents});
    }
    return lines;
}

purchase write_order(database::connection& on, std::int64_t user_id, const std::string& key,
                     std::vector<core::order_line> lines) {
    using core::order_line;
    const auto total = core::total_cents_of(lines);
    const auto added = on.run(
        "INSERT INTO orders (user_id, total_cents, idempotency_key) "
        "VALUES ($1::bigint, $2::bigint, nullif($3, '')) "
        "ON CONFLICT (user_id, idempotency_key) DO NOTHING RETURNING id, placed_at",
        {std::to_string(user_id), std::to_string(total), key});
    if (added.is_empty()) return bought_already{};
    const auto id = added.number(0, 0);
    on.run(
        "INSERT INTO order_lines (order_id, product_id, quantity, price_cents) "
        "SELECT $1::bigint, w.product_id, w.quantity, w.price_cents "
        "FROM unnest($2::bigint[], $3::integer[], $4::bigint[]) "
        "AS w (product_id, quantity, price_cents)",
        {std::to_string(id), core::array_text(lines, &order_line::product_id),
         core::array_text(lines, &order_line::quantity), core::array_text(lines, &order_line::price_cents)});
    return core::order{id, core::rfc3339(added.text(0, 1)), total, std::move(lines)};
}

bool is_known(database::connection& on, std::int64_t user_id, const std::string& key) {
    if (key.empty()) return false;
    return !on.run("SELECT FROM orders WHERE user_id = $1::bigint AND idempotency_key = $2",
                   {std::to_string(user_id), key})
                .is_empty();
}

}  // namespace

purchase check_out(database::connection& on, std::int64_t user_id, const core::basket& chosen, const std::string& key) {
    if (is_known(on, user_id, key)) return bought_already{};
    const auto bought = chosen.empty() ? take_cart(on, user_id) : chosen;
    if (bought.empty()) {
        // The cart may have been waited for, until the same request elsewhere had emptied it.
        if (is_known(on, user_id, key)) return bought_already{};
        return cart_empty{};
    }
    locked_stock stock(on, user_id, bought);
    auto lines = lines_of(bought, stock);
    if (const auto* unknown = std::get_if<product_unknown>(&lines)) return *unknown;
    if (const auto* missing = std::get_if<out_of_stock>(&lines)) return *missing;
    stock.take(bought);
    return write_order(on, user_id, key, std::move(std::get<std::vector<core::order_line>>(lines)));
}

}  // namespace shop::records

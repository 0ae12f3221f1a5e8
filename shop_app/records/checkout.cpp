#include "records/checkout.hpp"

#include <string>

#include "core/array_text.hpp"
#include "core/timestamp.hpp"

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

// FOR UPDATE locks row by row as the sort hands them out (PostgreSQL manual, SELECT, "The Locking
// Clause"); a row that it had to wait for is read again after the wait.
database::rows lock_stock(database::connection& on, const core::basket& chosen) {
    return on.run(
        "SELECT p.id, p.name, p.price_cents, i.quantity FROM inventory i "
        "JOIN products p ON p.id = i.product_id "
        "WHERE i.product_id = ANY ($1::bigint[]) ORDER BY i.product_id FOR UPDATE OF i",
        {core::array_text(chosen, &core::wanted::product_id)});
}

// Both lists are sorted by product.
std::variant<std::vector<core::order_line>, product_unknown, out_of_stock> lines_of(
    const core::basket& chosen, const database::rows& locked) {
    std::vector<core::order_line> lines;
    int row = 0;
    for (const auto& item : chosen) {
        if (row >= locked.count() || locked.number(row, 0) != item.product_id) {
            return product_unknown{item.product_id};
        }
        const auto available = locked.number(row, 3);
        if (available < item.quantity) {
            return out_of_stock{item.product_id, item.quantity, available};
        }
        lines.push_back(
            {item.product_id, locked.text(row, 1), item.quantity, locked.number(row, 2)});
        ++row;
    }
    return lines;
}

core::order write_order(database::connection& on, std::int64_t user_id,
                        std::vector<core::order_line> lines) {
    using core::order_line;
    const auto ids = core::array_text(lines, &order_line::product_id);
    const auto quantities = core::array_text(lines, &order_line::quantity);
    const auto prices = core::array_text(lines, &order_line::price_cents);
    on.run(
        "UPDATE inventory i SET quantity = i.quantity - w.quantity "
        "FROM unnest($1::bigint[], $2::integer[]) AS w (product_id, quantity) "
        "WHERE i.product_id = w.product_id",
        {ids, quantities});
    const auto total = core::total_cents_of(lines);
    const auto added = on.run(
        "INSERT INTO orders (user_id, total_cents) "
        "VALUES ($1::bigint, $2::bigint) RETURNING id, placed_at",
        {std::to_string(user_id), std::to_string(total)});
    const auto id = added.number(0, 0);
    on.run(
        "INSERT INTO order_lines (order_id, product_id, quantity, price_cents) "
        "SELECT $1::bigint, w.product_id, w.quantity, w.price_cents "
        "FROM unnest($2::bigint[], $3::integer[], $4::bigint[]) "
        "AS w (product_id, quantity, price_cents)",
        {std::to_string(id), ids, quantities, prices});
    return {id, core::rfc3339(added.text(0, 1)), total, std::move(lines)};
}

}  // namespace

purchase check_out(database::connection& on, std::int64_t user_id, const core::basket& chosen) {
    const auto bought = chosen.empty() ? take_cart(on, user_id) : chosen;
    if (bought.empty()) return cart_empty{};
    auto lines = lines_of(bought, lock_stock(on, bought));
    if (const auto* unknown = std::get_if<product_unknown>(&lines)) return *unknown;
    if (const auto* missing = std::get_if<out_of_stock>(&lines)) return *missing;
    return write_order(on, user_id, std::move(std::get<std::vector<core::order_line>>(lines)));
}

}  // namespace shop::records

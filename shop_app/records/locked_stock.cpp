#include "records/locked_stock.hpp"

#include "core/array_text.hpp"

namespace shop::records {

// FOR UPDATE locks row by row as the sort hands them out (PostgreSQL manual, SELECT, "The Locking
// Clause"); a row that it had to wait for is read again after the wait.
locked_stock::locked_stock(database::connection& on, std::int64_t user_id, const core::basket& products) : on_(on) {
    const auto ids = core::array_text(products, &core::wanted::product_id);
    const auto locked = on.run(
        "SELECT p.id, p.name, p.price_cents, i.quantity FROM inventory i "
        "JOIN products p ON p.id = i.product_id "
        "WHERE i.product_id = ANY ($1::bigint[]) ORDER BY i.product_id FOR UPDATE OF i",
        {ids});
    for (int row = 0; row < locked.count(); ++row) {
        products_[locked.number(row, 0)] = {locked.text(row, 1), locked.number(row, 2), locked.number(row, 3), 0};
    }
    const auto let_go = on.run(
        "DELETE FROM reservations WHERE product_id = ANY ($1::bigint[]) "
        "AND (user_id = $2::bigint OR expires_at <= now()) RETURNING product_id, quantity",
        {ids, std::to_string(user_id)});
    for (int row = 0; row < let_go.count(); ++row) {
        auto& of = products_[let_go.number(row, 0)];
        of.available += let_go.number(row, 1);
        of.returned += let_go.number(row, 1);
    }
}

const stocked* locked_stock::find(std::int64_t product_id) const {
    const auto found = products_.find(product_id);
    return found == products_.end() ? nullptr : &found->second;
}

void locked_stock::take(const core::basket& taken) {
    core::basket changes;
    for (const auto& [id, of] : products_) {
        if (of.returned != 0) changes.push_back({id, -of.returned});
    }
    for (const auto& item : taken) changes.push_back(item);
    if (changes.empty()) return;
    on_.run(
        "UPDATE inventory i SET quantity = i.quantity - w.quantity "
        "FROM (SELECT product_id, sum(quantity) AS quantity FROM unnest($1::bigint[], $2::integer[]) "
        "AS t (product_id, quantity) GROUP BY product_id) AS w "
        "WHERE i.product_id = w.product_id",
        {core::array_text(changes, &core::wanted::product_id), core::array_text(changes, &core::wanted::quantity)});
}

}  // namespace shop::records

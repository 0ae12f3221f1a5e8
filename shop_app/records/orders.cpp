#include "records/orders.hpp"

#include <string>

#include "core/timestamp.hpp"
#include "database/work.hpp"
#include "records/checkout.hpp"

namespace shop::records {
namespace {

// One row a line, lines of one order together.
std::vector<core::order> orders_in(const database::rows& found) {
    std::vector<core::order> out;
    for (int row = 0; row < found.count(); ++row) {
        const auto id = found.number(row, 0);
        if (out.empty() || out.back().id != id) {
            out.push_back({id, core::rfc3339(found.text(row, 1)), found.number(row, 2), {}});
        }
        out.back().lines.push_back(
            {found.number(row, 3), found.text(row, 4), found.number(row, 5), found.number(row, 6)});
    }
    return out;
}

}  // namespace

purchase orders::place(std::int64_t user_id, const core::basket& chosen) {
    return database::transact(
        pool_, database::affinity_of(user_id),
        [&](database::connection& on) { return check_out(on, user_id, chosen); },
        [](const purchase& done) { return std::holds_alternative<core::order>(done); });
}

core::order_list orders::of(std::int64_t user_id, const core::page_window& window) {
    const auto found =
        database::read(pool_, database::affinity_of(user_id), [&](database::connection& on) {
            return on.run(
                "SELECT o.id, o.placed_at, o.total_cents, l.product_id, p.name, l.quantity, "
                "l.price_cents FROM (SELECT id, placed_at, total_cents FROM orders "
                "WHERE user_id = $1::bigint ORDER BY id DESC "
                "LIMIT $2::bigint OFFSET $3::bigint) o "
                "JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.id = l.product_id "
                "ORDER BY o.id DESC, l.product_id",
                {std::to_string(user_id), std::to_string(window.per_page + 1),
                 std::to_string(window.offset())});
        });
    core::order_list out{orders_in(found), false};
    out.has_more = static_cast<std::int64_t>(out.orders.size()) > window.per_page;
    if (out.has_more) out.orders.pop_back();
    return out;
}

std::optional<core::order> orders::find(std::int64_t user_id, std::int64_t order_id) {
    const auto found =
        database::read(pool_, database::affinity_of(user_id), [&](database::connection& on) {
            return on.run(
                "SELECT o.id, o.placed_at, o.total_cents, l.product_id, p.name, l.quantity, "
                "l.price_cents FROM orders o JOIN order_lines l ON l.order_id = o.id "
                "JOIN products p ON p.id = l.product_id "
                "WHERE o.id = $1::bigint AND o.user_id = $2::bigint ORDER BY l.product_id",
                {std::to_string(order_id), std::to_string(user_id)});
        });
    auto all = orders_in(found);
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
}

}  // namespace shop::records

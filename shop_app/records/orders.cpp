#include "records/orders.hpp"

#include <string>

#include "core/timestamp.hpp"
#include "database/work.hpp"
#include "records/checkout.hpp"
#include "records/locked_stock.hpp"

namespace shop::records {
namespace {

#define ORDER_COLUMNS                                                                            \
    "SELECT o.id, o.placed_at, o.total_cents, o.cancelled_at IS NOT NULL, l.product_id, p.name, " \
    "l.quantity, l.price_cents "

// One row a line, lines of one order together.
std::vector<core::order> orders_in(const database::rows& found) {
    std::vector<core::order> out;
    for (int row = 0; row < found.count(); ++row) {
        const auto id = found.number(row, 0);
        if (out.empty() || out.back().id != id) {
            out.push_back({id, core::rfc3339(found.text(row, 1)), found.number(row, 2), {}, found.text(row, 3) == "t"});
        }
        out.back().lines.push_back(
            {found.number(row, 4), found.text(row, 5), found.number(row, 6), found.number(row, 7)});
    }
    return out;
}

std::optional<core::order> first_in(const database::rows& found) {
    auto all = orders_in(found);
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
}

std::vector<std::int64_t> products_of(const core::order& order) {
    std::vector<std::int64_t> ids;
    for (const auto& line : order.lines) ids.push_back(line.product_id);
    return ids;
}

constexpr auto one_order = ORDER_COLUMNS
    "FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.id = l.product_id "
    "WHERE o.id = $1::bigint AND o.user_id = $2::bigint ORDER BY l.product_id";

}  // namespace

purchase orders::buy(std::int64_t user_id, const core::basket& chosen, const std::string& key) {
    std::string seen;
    auto done = database::transact(
        pool_, database::affinity_of(user_id),
        [&](database::connection& on) { return check_out(on, user_id, chosen, key); },
        [](const purchase& what) { return std::holds_alternative<core::order>(what); },
        [&](const std::string& token) { seen = token; });
    if (const auto* order = std::get_if<core::order>(&done)) on_change_(products_of(*order), seen);
    return done;
}

orders::placed orders::place(std::int64_t user_id, const core::basket& chosen, const std::string& key) {
    const auto attempt = [&]() -> purchase {
        try {
            return buy(user_id, chosen, key);
        } catch (const database::failure& error) {
            if (error.kind() != database::failure_kind::unknown || key.empty()) throw;
        }
        return buy(user_id, chosen, key);  // the key tells whether it was
    };
    auto done = attempt();
    if (!std::holds_alternative<bought_already>(done)) return {std::move(done)};
    if (auto found = find_by_key(user_id, key)) return {std::move(*found), true};
    return {cart_empty{}};
}

core::order_list orders::of(std::int64_t user_id, const core::page_window& window) {
    const auto found =
        database::read(pool_, database::affinity_of(user_id), [&](database::connection& on) {
            return on.run(
                ORDER_COLUMNS
                "FROM (SELECT id, placed_at, total_cents, cancelled_at FROM orders "
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
    return first_in(
        database::read(pool_, database::affinity_of(user_id), [&](database::connection& on) {
            return on.run(one_order, {std::to_string(order_id), std::to_string(user_id)});
        }));
}

// In a transaction, which runs where the order was seen: a replica may not have it yet.
std::optional<core::order> orders::find_by_key(std::int64_t user_id, const std::string& key) {
    return database::transact(
        pool_, database::affinity_of(user_id),
        [&](database::connection& on) {
            return first_in(on.run(ORDER_COLUMNS
                                   "FROM orders o JOIN order_lines l ON l.order_id = o.id "
                                   "JOIN products p ON p.id = l.product_id "
                                   "WHERE o.user_id = $1::bigint AND o.idempotency_key = $2 ORDER BY l.product_id",
                                   {std::to_string(user_id), key}));
        },
        [](const auto&) { return true; });
}

orders::cancellation orders::cancel(std::int64_t user_id, std::int64_t order_id) {
    const auto order = std::to_string(order_id);
    const auto user = std::to_string(user_id);
    std::string seen;
    auto done = database::transact(
        pool_, database::affinity_of(user_id),
        [&](database::connection& on) -> cancellation {
            const auto locked = on.run(
                "SELECT cancelled_at IS NOT NULL, placed_at > now() - $3::integer * interval '1 minute' "
                "FROM orders WHERE id = $1::bigint AND user_id = $2::bigint FOR UPDATE",
                {order, user, std::to_string(minutes_to_cancel)});
            if (locked.is_empty()) return no_such_order{};
            auto found = *first_in(on.run(one_order, {order, user}));
            if (locked.text(0, 0) == "t") return found;
            if (locked.text(0, 1) != "t") return too_late{};
            core::basket back;
            for (const auto& line : found.lines) back.push_back({line.product_id, -line.quantity});
            constexpr std::int64_t nobody = 0;  // what this user holds of them stays held
            locked_stock(on, nobody, back).take(back);
            on.run("UPDATE orders SET cancelled_at = now() WHERE id = $1::bigint", {order});
            found.is_cancelled = true;
            return found;
        },
        [](const cancellation& what) { return std::holds_alternative<core::order>(what); },
        [&](const std::string& token) { seen = token; });
    if (const auto* cancelled = std::get_if<core::order>(&done)) on_change_(products_of(*cancelled), seen);
    return done;
}

}  // namespace shop::records

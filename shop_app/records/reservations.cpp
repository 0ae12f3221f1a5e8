#include "records/reservations.hpp"

#include "core/timestamp.hpp"
#include "database/work.hpp"
#include "records/locked_stock.hpp"

namespace shop::records {

reservations::held reservations::hold(std::int64_t user_id, const core::wanted& item) {
    const core::basket wanted{item};
    return database::transact(
        pool_, database::affinity_of(user_id),
        [&](database::connection& on) -> held {
            locked_stock stock(on, user_id, wanted);
            const auto* found = stock.find(item.product_id);
            if (found == nullptr) return product_unknown{item.product_id};
            if (found->available < item.quantity) {
                return out_of_stock{item.product_id, item.quantity, found->available};
            }
            stock.take(wanted);
            const auto added = on.run(
                "INSERT INTO reservations (user_id, product_id, quantity, expires_at) "
                "VALUES ($1::bigint, $2::bigint, $3::integer, now() + $4::integer * interval '1 minute') "
                "RETURNING expires_at",
                {std::to_string(user_id), std::to_string(item.product_id), std::to_string(item.quantity),
                 std::to_string(minutes)});
            return core::reservation{item.product_id, found->name, item.quantity, core::rfc3339(added.text(0, 0))};
        },
        [](const held& done) { return std::holds_alternative<core::reservation>(done); },
        [&](const std::string& token) { on_change_({item.product_id}, token); });
}

void reservations::let_go(std::int64_t user_id, std::int64_t product_id) {
    database::transact(
        pool_, database::affinity_of(user_id),
        [&](database::connection& on) {
            locked_stock(on, user_id, {{product_id, 0}}).take({});
            return true;
        },
        [](bool) { return true; }, [&](const std::string& token) { on_change_({product_id}, token); });
}

std::vector<core::reservation> reservations::of(std::int64_t user_id) {
    const auto found =
        database::read(pool_, database::affinity_of(user_id), [&](database::connection& on) {
            return on.run(
                "SELECT r.product_id, p.name, r.quantity, r.expires_at FROM reservations r "
                "JOIN products p ON p.id = r.product_id "
                "WHERE r.user_id = $1::bigint AND r.expires_at > now() ORDER BY r.product_id",
                {std::to_string(user_id)});
        });
    std::vector<core::reservation> out;
    for (int row = 0; row < found.count(); ++row) {
        out.push_back({found.number(row, 0), found.text(row, 1), found.number(row, 2), core::rfc3339(found.text(row, 3))});
    }
    return out;
}

}  // namespace shop::records

#include "records/carts.hpp"

#include "database/failure.hpp"
#include "database/work.hpp"

namespace shop::records {

core::cart carts::of(std::int64_t user_id) {
    const auto found =
        database::read(pool_, database::affinity_of(user_id), [&](database::connection& on) {
            return on.run(
                "SELECT t.product_id, p.name, t.quantity, p.price_cents "
                "FROM carts t JOIN products p ON p.id = t.product_id "
                "WHERE t.user_id = $1::bigint ORDER BY t.product_id",
                {std::to_string(user_id)});
        });
    core::cart out;
    for (int row = 0; row < found.count(); ++row) {
        out.lines.push_back(
            {found.number(row, 0), found.text(row, 1), found.number(row, 2), found.number(row, 3)});
    }
    return out;
}

bool carts::set(std::int64_t user_id, const core::wanted& item) {
    constexpr auto take_out =
        "DELETE FROM carts WHERE user_id = $1::bigint AND product_id = $2::bigint";
    constexpr auto put_in =
        "INSERT INTO carts (user_id, product_id, quantity) "
        "VALUES ($1::bigint, $2::bigint, $3::integer) "
        "ON CONFLICT (user_id, product_id) DO UPDATE SET quantity = excluded.quantity";
    const auto user = std::to_string(user_id);
    const auto product = std::to_string(item.product_id);
    try {
        database::write(pool_, database::affinity_of(user_id), [&](database::connection& on) {
            if (item.quantity == 0) return on.run(take_out, {user, product});
            return on.run(put_in, {user, product, std::to_string(item.quantity)});
        });
    } catch (const database::failure& error) {
        constexpr auto foreign_key_violation = "23503";
        if (error.sqlstate() == foreign_key_violation) return false;
        throw;
    }
    return true;
}

}  // namespace shop::records

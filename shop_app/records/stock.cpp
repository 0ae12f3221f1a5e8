#include "records/stock.hpp"

#include "database/work.hpp"

namespace shop::records {

std::optional<std::int64_t> stock::change(std::int64_t product_id, const char* statement,
                                          const database::parameters& values) {
    const auto done = database::write(
        pool_, database::affinity_of(product_id),
        [&](database::connection& on) { return on.run(statement, values); },
        [&](const std::string& token) { on_change_({product_id}, token); });
    if (done.is_empty()) return std::nullopt;
    return done.number(0, 0);
}

std::optional<std::int64_t> stock::set_price(std::int64_t product_id, std::int64_t cents, std::int64_t by_user) {
    return change(product_id,
                  "WITH before AS (SELECT id, price_cents FROM products WHERE id = $1::bigint FOR UPDATE), "
                  "changed AS (UPDATE products p SET price_cents = $2::bigint FROM before "
                  "WHERE p.id = before.id), "
                  "noted AS (INSERT INTO price_changes (product_id, old_cents, new_cents, by_user) "
                  "SELECT id, price_cents, $2::bigint, $3::bigint FROM before) "
                  "SELECT price_cents FROM before",
                  {std::to_string(product_id), std::to_string(cents), std::to_string(by_user)});
}

std::optional<std::int64_t> stock::add(std::int64_t product_id, std::int64_t quantity, std::int64_t by_user) {
    return change(product_id,
                  "WITH come AS (UPDATE inventory SET quantity = quantity + $2::integer "
                  "WHERE product_id = $1::bigint RETURNING product_id, quantity), "
                  "noted AS (INSERT INTO restocks (product_id, quantity, by_user) "
                  "SELECT product_id, $2::integer, $3::bigint FROM come) "
                  "SELECT quantity FROM come",
                  {std::to_string(product_id), std::to_string(quantity), std::to_string(by_user)});
}

}  // namespace shop::records

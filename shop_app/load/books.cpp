#include "load/books.hpp"

#include "core/array_text.hpp"
#include "database/connection.hpp"

namespace shop::load {

audit audit_books(const std::string& conninfo, const std::vector<std::int64_t>& acknowledged) {
    database::connection on({conninfo});
    // One moment of all tables; and through Weir, the primary's.
    on.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
    const auto number = [&](const char* statement, const database::parameters& values = {}) {
        return on.run(statement, values).number(0, 0);
    };
    const auto negative = number("SELECT count(*) FROM inventory WHERE quantity < 0");
    const auto unbalanced = number("SELECT count(*) FROM unbalanced_products");
    const auto kept = number("SELECT count(*) FROM orders WHERE id = ANY ($1::bigint[])",
                             {core::array_text(acknowledged, [](std::int64_t id) { return id; })});
    const auto without_lines =
        number("SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id)");
    audit made;
    made.found = {{"acknowledged", acknowledged.size()}, {"kept", kept},
                  {"negative_stock", negative},          {"unbalanced_products", unbalanced},
                  {"orders_without_lines", without_lines}};
    made.balances = negative == 0 && unbalanced == 0 && without_lines == 0 &&
                    kept == static_cast<std::int64_t>(acknowledged.size());
    return made;
}

}  // namespace shop::load

#include "records/catalogue.hpp"

#include <string>

#include "database/work.hpp"

namespace shop::records {
namespace {

constexpr auto product_columns =
    "SELECT p.id, p.name, p.description, c.slug, c.name, p.price_cents, i.quantity "
    "FROM products p JOIN categories c ON c.id = p.category_id "
    "JOIN inventory i ON i.product_id = p.id ";

core::product product_in(const database::rows& found, int row) {
    return {found.number(row, 0), found.text(row, 1),   found.text(row, 2),  found.text(row, 3),
            found.text(row, 4),   found.number(row, 5), found.number(row, 6)};
}

struct statement {
    std::string text;
    database::parameters values;

    std::string next(std::string value) {
        values.push_back(std::move(value));
        return std::string("$").append(std::to_string(values.size()));
    }
};

// The conditions that are asked for and no others, so that each form can use its own index.
// One row more than the page has tells whether there is a next one.
statement list_statement(const core::product_filter& filter) {
    statement out;
    std::string where;
    if (!filter.words.empty()) {
        where += " AND p.search @@ websearch_to_tsquery('english', " + out.next(filter.words) + ")";
    }
    if (!filter.category_slug.empty()) {
        where += " AND c.slug = " + out.next(filter.category_slug);
    }
    const auto limit = out.next(std::to_string(filter.window.per_page + 1));
    const auto offset = out.next(std::to_string(filter.window.offset()));
    out.text = product_columns;
    if (!where.empty()) out.text += "WHERE " + where.substr(5);
    out.text += " ORDER BY p.id LIMIT " + limit + "::bigint OFFSET " + offset + "::bigint";
    return out;
}

}  // namespace

std::vector<core::category> catalogue::categories() {
    const auto found = database::read(pool_, std::nullopt, [](database::connection& on) {
        return on.run("SELECT slug, name FROM categories ORDER BY name");
    });
    std::vector<core::category> out;
    for (int row = 0; row < found.count(); ++row) {
        out.push_back({found.text(row, 0), found.text(row, 1)});
    }
    return out;
}

core::product_list catalogue::list(const core::product_filter& filter) {
    const auto wanted = list_statement(filter);
    const auto found = database::read(pool_, std::nullopt, [&](database::connection& on) {
        return on.run(wanted.text.c_str(), wanted.values);
    });
    core::product_list out;
    out.has_more = found.count() > filter.window.per_page;
    const int shown = out.has_more ? found.count() - 1 : found.count();
    for (int row = 0; row < shown; ++row) out.products.push_back(product_in(found, row));
    return out;
}

std::optional<core::product> catalogue::find(std::int64_t id) {
    const auto text = std::string(product_columns) + "WHERE p.id = $1::bigint";
    const auto found = database::read(pool_, std::nullopt, [&](database::connection& on) {
        return on.run(text.c_str(), {std::to_string(id)});
    });
    if (found.is_empty()) return std::nullopt;
    return product_in(found, 0);
}

}  // namespace shop::records

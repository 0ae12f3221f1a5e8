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
    std::string query;  // of the words; "": there are none

    std::string next(std::string value) {
        values.push_back(std::move(value));
        return std::string("$").append(std::to_string(values.size()));
    }
};

// The conditions that are asked for and no others, so that each form can use its own index.
std::string conditions(statement& out, const core::product_filter& filter, bool with_category) {
    std::string where;
    if (!filter.words.empty()) {
        out.query = "websearch_to_tsquery('english', " + out.next(filter.words) + ")";
        where += " AND p.search @@ " + out.query;
    }
    if (with_category && !filter.category_slug.empty()) {
        where += " AND c.slug = " + out.next(filter.category_slug);
    }
    if (filter.from_cents) {
        where += " AND p.price_cents >= " + out.next(std::to_string(*filter.from_cents)) + "::bigint";
    }
    if (filter.to_cents) {
        where += " AND p.price_cents <= " + out.next(std::to_string(*filter.to_cents)) + "::bigint";
    }
    return where.empty() ? where : "WHERE " + where.substr(5);
}

std::string order_by(const core::product_filter& filter, const std::string& query) {
    switch (filter.order) {
        case core::product_order::cheap:
            return "p.price_cents, p.id";
        case core::product_order::expensive:
            return "p.price_cents DESC, p.id DESC";
        case core::product_order::newest:
            return "p.id DESC";
        case core::product_order::best:
            break;
    }
    return query.empty() ? "p.id" : "ts_rank(p.search, " + query + ") DESC, p.id";
}

// One row more than the page has tells whether there is a next one.
statement list_statement(const core::product_filter& filter) {
    statement out;
    out.text = product_columns + conditions(out, filter, true);
    out.text += " ORDER BY " + order_by(filter, out.query);
    const auto limit = out.next(std::to_string(filter.window.per_page + 1));
    const auto offset = out.next(std::to_string(filter.window.offset()));
    out.text += " LIMIT " + limit + "::bigint OFFSET " + offset + "::bigint";
    return out;
}

statement facet_statement(const core::product_filter& filter) {
    statement out;
    out.text = "SELECT c.slug, c.name, count(*) FROM products p "
               "JOIN categories c ON c.id = p.category_id " +
               conditions(out, filter, false) + " GROUP BY c.slug, c.name ORDER BY c.name";
    return out;
}

}  // namespace

database::rows catalogue::read(const std::string& no_older_than, const std::string& text,
                               const database::parameters& values) {
    return database::read(pool_, std::nullopt, [&](database::connection& on) {
        if (!no_older_than.empty()) database::sight::bring(on, no_older_than);
        return on.run(text.c_str(), values);
    });
}

std::vector<core::category> catalogue::categories(const std::string& no_older_than) {
    const auto found = read(no_older_than, "SELECT slug, name FROM categories ORDER BY name");
    std::vector<core::category> out;
    for (int row = 0; row < found.count(); ++row) {
        out.push_back({found.text(row, 0), found.text(row, 1)});
    }
    return out;
}

core::product_list catalogue::list(const core::product_filter& filter, const std::string& no_older_than) {
    const auto wanted = list_statement(filter);
    const auto found = read(no_older_than, wanted.text, wanted.values);
    core::product_list out;
    out.has_more = found.count() > filter.window.per_page;
    const int shown = out.has_more ? found.count() - 1 : found.count();
    for (int row = 0; row < shown; ++row) out.products.push_back(product_in(found, row));
    const auto counted = facet_statement(filter);
    const auto facets = read(no_older_than, counted.text, counted.values);
    for (int row = 0; row < facets.count(); ++row) {
        out.facets.push_back({{facets.text(row, 0), facets.text(row, 1)}, facets.number(row, 2)});
    }
    return out;
}

std::optional<core::product> catalogue::find(std::int64_t id, const std::string& no_older_than) {
    const auto text = std::string(product_columns) + "WHERE p.id = $1::bigint";
    const auto found = read(no_older_than, text, {std::to_string(id)});
    if (found.is_empty()) return std::nullopt;
    return product_in(found, 0);
}

}  // namespace shop::records

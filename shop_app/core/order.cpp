#include "core/order.hpp"

#include <boost/json/array.hpp>
#include <numeric>

#include "core/json_fields.hpp"

namespace shop::core {
namespace json = boost::json;
namespace {

json::array lines_of(const std::vector<order_line>& lines) {
    json::array out;
    for (const auto& line : lines) {
        out.push_back(json::object{{"product_id", line.product_id},
                                   {"name", line.name},
                                   {"quantity", line.quantity},
                                   {"price_cents", line.price_cents}});
    }
    return out;
}

std::vector<order_line> lines_in(const json::object& told) {
    std::vector<order_line> lines;
    for (const auto& one : list_of(told, "lines")) {
        if (const auto* line = one.if_object()) {
            lines.push_back({number_of(*line, "product_id"), text_of(*line, "name"), number_of(*line, "quantity"),
                             number_of(*line, "price_cents")});
        }
    }
    return lines;
}

}  // namespace

std::int64_t total_cents_of(const std::vector<order_line>& lines) {
    return std::accumulate(lines.begin(), lines.end(), std::int64_t{0},
                           [](std::int64_t sum, const order_line& line) {
                               return sum + line.quantity * line.price_cents;
                           });
}

json::object to_json(const order& shown) {
    return {{"id", shown.id},
            {"placed_at", shown.placed_at},
            {"total_cents", shown.total_cents},
            {"status", shown.is_cancelled ? "cancelled" : "placed"},
            {"lines", lines_of(shown.lines)}};
}

json::object to_json(const order_list& shown, const page_window& window) {
    json::array orders;
    for (const auto& one : shown.orders) orders.push_back(to_json(one));
    return {{"orders", std::move(orders)},
            {"page", window.page},
            {"per_page", window.per_page},
            {"has_more", shown.has_more}};
}

json::object to_json(const cart& shown) {
    return {{"lines", lines_of(shown.lines)}, {"total_cents", total_cents_of(shown.lines)}};
}

json::object to_json(const reservation& shown) {
    return {{"product_id", shown.product_id},
            {"name", shown.name},
            {"quantity", shown.quantity},
            {"expires_at", shown.expires_at}};
}

std::optional<order> order_in(const json::value& told) {
    const auto* object = told.if_object();
    if (object == nullptr || number_of(*object, "id") == 0) return std::nullopt;
    return order{number_of(*object, "id"), text_of(*object, "placed_at"), number_of(*object, "total_cents"),
                 lines_in(*object), text_of(*object, "status") == "cancelled"};
}

order_list order_list_in(const json::object& told) {
    order_list list;
    list.has_more = truth_of(told, "has_more");
    for (const auto& one : list_of(told, "orders")) {
        if (auto found = order_in(one)) list.orders.push_back(std::move(*found));
    }
    return list;
}

cart cart_in(const json::object& told) { return {lines_in(told)}; }

std::vector<reservation> reservations_in(const json::object& told) {
    std::vector<reservation> all;
    for (const auto& one : list_of(told, "reservations")) {
        if (const auto* object = one.if_object()) {
            all.push_back({number_of(*object, "product_id"), text_of(*object, "name"), number_of(*object, "quantity"),
                           text_of(*object, "expires_at")});
        }
    }
    return all;
}

}  // namespace shop::core

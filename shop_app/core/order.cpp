#include "core/order.hpp"

#include <boost/json/array.hpp>
#include <numeric>

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

}  // namespace shop::core

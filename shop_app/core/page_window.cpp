#include "core/page_window.hpp"

#include "core/number.hpp"

namespace shop::core {

outcome<page_window> page_window_of(const target& where) {
    page_window window;
    if (const auto text = where.parameter("page"); !text.empty()) {
        const auto page = number_in(text, 1, 1000);
        if (!page) return bad_request("bad_page", "page must be a number from 1 to 1000");
        window.page = *page;
    }
    if (const auto text = where.parameter("per_page"); !text.empty()) {
        const auto rows = number_in(text, 1, 100);
        if (!rows) return bad_request("bad_page", "per_page must be a number from 1 to 100");
        window.per_page = *rows;
    }
    return window;
}

}  // namespace shop::core

// Which part of a long list is asked for: page and rows a page, both bounded.
#pragma once

#include <cstdint>

#include "core/outcome.hpp"
#include "core/target.hpp"

namespace shop::core {

struct page_window {
    std::int64_t page = 1;
    std::int64_t per_page = 20;

    std::int64_t offset() const { return (page - 1) * per_page; }
};

// From ?page= (1 to 1000) and ?per_page= (1 to 100): an OFFSET is work for the database that grows
// with the page, so it has an end.
outcome<page_window> page_window_of(const target& where);

}  // namespace shop::core

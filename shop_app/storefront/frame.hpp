// What every page of the storefront has around its own part: head, navigation, foot.
#pragma once

#include <string_view>

#include "core/http_message.hpp"
#include "core/outcome.hpp"
#include "storefront/markup.hpp"

namespace shop::storefront {

// words: what the search box shows.
core::response framed(int status, std::string_view title, const markup& content, std::string_view words = {});

// An error as a page, with the same status and headers as its JSON form.
core::response error_page(const core::api_error& error);

core::response style_sheet();
core::response script();

}  // namespace shop::storefront

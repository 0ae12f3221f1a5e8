// The files of assets/, compiled in, so that the program needs no folder beside it.
#pragma once

#include <string_view>

namespace shop::storefront::assets {

extern const std::string_view style_sheet;
extern const std::string_view script;

}  // namespace shop::storefront::assets

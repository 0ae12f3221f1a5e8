// Whole numbers written in decimal by somebody else: taken whole and in range, or not at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace shop::core {

// Digits only: no sign, no space, no leading text; nothing when outside [smallest, largest].
std::optional<std::int64_t> number_in(std::string_view text, std::int64_t smallest,
                                      std::int64_t largest);

// A key of a table: 1 to the largest bigint.
std::optional<std::int64_t> id_of(std::string_view text);

}  // namespace shop::core

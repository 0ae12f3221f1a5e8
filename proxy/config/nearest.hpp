// nearest: which of the known words somebody probably meant.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace weir::config {

/// Insertions, deletions, replacements and swaps of neighbours that turn a into b (optimal string
/// alignment), letters compared without case and '-' as '_'.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the least distance, the first of equals; empty if there is none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace weir::config

// nesting: says from the tokens alone whether a statement's parse tree is shallow enough to be
// built and walked by recursion. libpg_query writes its tree recursively and has no limit of its
// own: `1+1+...` of 5,000 terms overflows a stack of 8 MB.
#pragma once

#include <string_view>

namespace weir::query {

/// Levels of the tree, estimated from above. Measured: such a tree needs less than 1.5 MB of stack,
/// and a thread may have as little as 2 MB.
inline constexpr int most_levels = 500;

/// False where the text cannot be tokenised, too.
bool is_shallow(std::string_view text);

}  // namespace weir::query

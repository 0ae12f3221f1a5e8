// analyze: SQL text -> facts, through PostgreSQL's own grammar (libpg_query). The parse tree stays
// in this folder. Pure; safe to call from several threads.
#pragma once

#include <cstddef>
#include <string_view>

#include "query/facts.hpp"

namespace weir::query {

/// text: one string as a Query or Parse message carries it, any number of statements, UTF-8.
/// limit_bytes: longer text is not parsed (obstacle::too_long). Never throws on bad input.
facts analyze(std::string_view text, std::size_t limit_bytes);

}  // namespace weir::query

// token: a position as text that a client can carry to another connection or another Weir, so that what is
// read there is no older. Letters, digits, hyphens: it fits in a cookie and in a comment.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cluster/position.hpp"

namespace weir::cluster {

/// "w1-" and three hexadecimal numbers: system identifier, timeline, LSN. A session that has seen nothing has the
/// token "w1-0-0-0".
std::string to_token(const std::optional<position>& at);

/// Nothing: it is no token. An empty position (no system identifier): one that asks for nothing.
std::optional<position> parse_token(std::string_view text);

}  // namespace weir::cluster

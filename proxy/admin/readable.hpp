// readable: names and texts that clients made up -> UTF-8 that any reader of ours can take. One bad
// byte would make a whole page of metrics unreadable.
#pragma once

#include <string>
#include <string_view>

namespace weir::admin {

/// Bytes that are not UTF-8 become question marks.
std::string readable(std::string_view text);

/// readable(), and at most `most` bytes; what was longer ends in three dots.
std::string shortened(std::string_view text, std::size_t most);

/// As PostgreSQL itself cuts a name (NAMEDATALEN): two that it takes for one are one here.
std::string readable_name(std::string_view name);

}  // namespace weir::admin

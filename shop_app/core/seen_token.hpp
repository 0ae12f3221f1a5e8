// What a visitor has seen of the shop's data, as a token that Weir gives (SHOW weir.token). It goes to and
// fro in a cookie, so that the next request sees no less, whichever server of the shop it meets.
#pragma once

#include <string>
#include <string_view>

#include "core/http_message.hpp"

namespace shop::core {

// "" unless it looks like one: it goes into a statement.
std::string seen_token_in(const request& asked);
bool is_seen_token(std::string_view text);

std::string cookie_with_seen(std::string_view token);

}  // namespace shop::core

// What a visitor has seen of the shop's data, as tokens that Weir gives (SHOW weir.token), one of each cluster of
// servers. They go to and fro in a cookie, so that the next request sees no less, whichever server of the shop it meets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/http_message.hpp"

namespace shop::core {

// Only what looks like one: it goes into a statement. Of each cluster the first, and of few clusters.
std::vector<std::string> seen_tokens_in(const request& asked);
bool is_seen_token(std::string_view text);

// Which cluster's it is: the part of it that all tokens of one cluster have in common.
std::string_view cluster_of(std::string_view token);

std::string cookie_with_seen(const std::vector<std::string>& tokens);

}  // namespace shop::core

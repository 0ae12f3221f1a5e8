// exchange: one HTTP request's head -> the reply to it, as values. The parts of HTTP that need no
// socket.
#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "status/admin_port.hpp"

namespace weir::net {

using http_request_head = boost::beast::http::request_parser<boost::beast::http::empty_body>;
using http_response = boost::beast::http::response<boost::beast::http::string_body>;

/// The path of a request target: without query and fragment, and without the scheme and authority
/// of the absolute form, which servers must take too (RFC 9112, 3.2.2).
std::string path_of(std::string_view target);

/// What stands behind the "?" of the target, up to a fragment.
std::string query_of(std::string_view target);

/// Why this head is not answered with a page, where it is not: no HTTP, too large, another method,
/// a body. `failed` is what reading it ended with.
std::optional<status::http_reply> refusal(const http_request_head& head,
                                          boost::system::error_code failed);

/// Why this request is not answered by a page: it shows no token, where one is asked for, or it comes from another
/// machine and none is. `/livez` and `/readyz` are open to all. The token is taken as a bearer's (RFC 6750, 2.1) or as
/// the password of any user (RFC 7617), which browsers ask for.
std::optional<status::http_reply> objection(const http_request_head::value_type& request, std::string_view token,
                                            bool of_this_machine);

/// Did reading end because of what the client sent, so that it should be told, and not because it
/// went away or said nothing?
bool is_misformed(boost::system::error_code failed);

/// keep: the connection stays open after it.
http_response make_response(status::http_reply reply, bool keep);

}  // namespace weir::net

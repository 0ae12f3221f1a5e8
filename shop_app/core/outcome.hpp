// A value, or the error that the client is told instead: status, code for programs, words for
// people. Knows neither HTTP libraries nor the database.
#pragma once

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "core/http_message.hpp"

namespace shop::core {

struct api_error {
    api_error() = default;  // outcome::error() of a value
    // Not an aggregate: else a number would convert to an error, and an outcome of one be
    // ambiguous.
    api_error(int with_status, std::string_view with_code, std::string_view with_message,
              boost::json::object with_details = {})
        : status(with_status),
          code(with_code),
          message(with_message),
          details(std::move(with_details)) {}

    int status = 500;
    std::string code;     // stable, for programs
    std::string message;  // one sentence
    boost::json::object details;
    std::vector<std::pair<std::string, std::string>> headers{};
};

template <class T>
using outcome = boost::system::result<T, api_error>;

api_error bad_request(std::string_view code, std::string_view message);
api_error not_logged_in();
api_error not_found(std::string_view message);
api_error method_not_allowed(std::string_view allowed);
// With Retry-After (RFC 9110 section 10.2.3): the shop's own trouble, worth another try.
api_error unavailable(std::string_view code, std::string_view message);

response to_response(const api_error& error);
response json_response(int status, const boost::json::object& body);

}  // namespace shop::core

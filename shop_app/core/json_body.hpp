// The JSON body of a request: one object, read field by field, each refusal with its field's name.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/http_message.hpp"
#include "core/outcome.hpp"

namespace shop::core {

// 415 unless the type is application/json: a page of another site can make a browser post forms
// here, but not that type, so this also stands between a visitor's cookie and foreign pages.
outcome<boost::json::object> json_body(const request& asked);

// Trimmed plain text of `smallest` to `largest` characters.
struct text_limits {
    std::size_t smallest;
    std::size_t largest;
};
outcome<std::string> text_field(const boost::json::object& body, std::string_view name,
                                text_limits limits);

struct number_limits {
    std::int64_t smallest;
    std::int64_t largest;
};
outcome<std::int64_t> number_field(const boost::json::object& body, std::string_view name,
                                   number_limits limits);

}  // namespace shop::core

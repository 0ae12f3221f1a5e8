#include "core/json_body.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "core/text.hpp"

namespace shop::core {
namespace json = boost::json;
namespace {

bool is_json_type(std::string_view content_type) {
    return ascii_lower(trimmed(content_type.substr(0, content_type.find(';')))) ==
           "application/json";
}

std::string between(std::string_view name, std::int64_t smallest, std::int64_t largest) {
    return std::string(name) + " must have " + std::to_string(smallest) + " to " +
           std::to_string(largest);
}

}  // namespace

outcome<json::object> json_body(const request& asked) {
    if (!is_json_type(asked.content_type)) {
        return api_error{415, "not_json", "send the body as application/json"};
    }
    json::error_code error;
    json::parse_options options;
    options.max_depth = 8;
    auto value = json::parse(asked.body, error, {}, options);
    if (error) return bad_request("bad_json", "the body is not valid JSON: " + error.message());
    if (!value.is_object()) return bad_request("bad_json", "the body must be a JSON object");
    return std::move(value.get_object());
}

outcome<std::string> text_field(const json::object& body, std::string_view name,
                                text_limits limits) {
    const auto* value = body.if_contains(name);
    if (value == nullptr || !value->is_string()) {
        return bad_request("bad_field", std::string(name) + " must be a text");
    }
    const auto text = trimmed(value->get_string());
    if (!is_plain_text(text)) {
        return bad_request("bad_field", std::string(name) + " must have no control characters");
    }
    const auto length = character_count(text);
    if (length < limits.smallest || length > limits.largest) {
        return bad_request("bad_field", between(name, static_cast<std::int64_t>(limits.smallest),
                                                static_cast<std::int64_t>(limits.largest)) +
                                            " characters");
    }
    return std::string(text);
}

outcome<std::int64_t> number_field(const json::object& body, std::string_view name,
                                   number_limits limits) {
    const auto* value = body.if_contains(name);
    const bool is_in_range = value != nullptr && value->is_int64() &&
                             value->get_int64() >= limits.smallest &&
                             value->get_int64() <= limits.largest;
    if (!is_in_range) {
        return bad_request("bad_field", std::string(name) + " must be a whole number from " +
                                            std::to_string(limits.smallest) + " to " +
                                            std::to_string(limits.largest));
    }
    return value->get_int64();
}

}  // namespace shop::core

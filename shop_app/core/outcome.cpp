#include "core/outcome.hpp"

#include <boost/json/serialize.hpp>

namespace shop::core {
namespace json = boost::json;

api_error bad_request(std::string_view code, std::string_view message) {
    return {400, code, message};
}

// RFC 9110 section 15.5.2: a 401 names how to log in.
api_error not_logged_in() {
    api_error error{401, "not_logged_in", "log in first"};
    error.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"shop\"");
    return error;
}

api_error not_found(std::string_view message) { return {404, "not_found", message}; }

api_error method_not_allowed(std::string_view allowed) {
    api_error error{405, "method_not_allowed", "this path takes " + std::string(allowed)};
    error.headers.emplace_back("Allow", std::string(allowed));
    return error;
}

api_error unavailable(std::string_view code, std::string_view message) {
    api_error error{503, code, message};
    error.headers.emplace_back("Retry-After", "1");
    return error;
}

response json_response(int status, const json::object& body) {
    return {status, "application/json", json::serialize(body), {}};
}

response to_response(const api_error& error) {
    json::object shown = error.details;
    shown["code"] = error.code;
    shown["message"] = error.message;
    json::object body;
    body["error"] = std::move(shown);
    auto out = json_response(error.status, body);
    out.headers = error.headers;
    return out;
}

}  // namespace shop::core

// One HTTP request and its response as values: what the shop decides on. Knows no socket.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shop::core {

enum class method {
    get,  // HEAD too: the shell leaves the body out
    post,
    put,
    remove,  // DELETE
    other,  // any that no page of the shop answers
};

// As it stands in a request; "" for any other.
constexpr std::string_view name_of(method verb) {
    switch (verb) {
        case method::get:
            return "GET";
        case method::post:
            return "POST";
        case method::put:
            return "PUT";
        case method::remove:
            return "DELETE";
        case method::other:
            return "";
    }
    return "";
}

struct request {
    method verb = method::get;
    std::string target;  // path and query as they came, percent-encoded
    std::string content_type;
    std::string authorization;  // the header's value, "" when absent
    std::string cookie;
    std::string idempotency_key;  // of a request that may come twice; "" when absent
    std::string request_id;       // given by whoever saw it first, passed on to other services
    std::string body;
};

struct response {
    int status = 200;
    std::string content_type;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers{};  // beside type and length
    std::string_view route{};  // pattern of the path that answered, of static storage; "": none
};

}  // namespace shop::core

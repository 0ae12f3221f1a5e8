#include "http/translation.hpp"

#include <ctime>
#include <string_view>

namespace shop::http {
namespace {

using beast::http::field;
using beast::http::verb;

constexpr std::string_view idempotency_key = "Idempotency-Key";
constexpr std::string_view request_id = "X-Request-Id";

core::method method_of(verb asked) {
    if (asked == verb::get || asked == verb::head) return core::method::get;
    if (asked == verb::post) return core::method::post;
    if (asked == verb::put) return core::method::put;
    if (asked == verb::delete_) return core::method::remove;
    return core::method::other;
}

verb verb_of(core::method asked) {
    switch (asked) {
        case core::method::get:
            return verb::get;
        case core::method::post:
            return verb::post;
        case core::method::put:
            return verb::put;
        case core::method::remove:
            return verb::delete_;
        case core::method::other:
            return verb::unknown;
    }
    return verb::unknown;
}

template <class Text>
std::string text_of(const Text& text) {
    return {text.data(), text.size()};
}

// RFC 9110 section 5.6.7. The program never sets a locale, so the names are English.
std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[64];
    const auto length = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text, length};
}

}  // namespace

core::request value_of(request_message&& message) {
    core::request asked;
    asked.verb = method_of(message.method());
    asked.target = text_of(message.target());
    asked.content_type = text_of(message[field::content_type]);
    asked.authorization = text_of(message[field::authorization]);
    asked.cookie = text_of(message[field::cookie]);
    asked.idempotency_key = text_of(message[idempotency_key]);
    asked.request_id = text_of(message[request_id]);
    asked.body = std::move(message.body());
    return asked;
}

response_message message_of(core::response&& answer, const reply_form& form) {
    response_message message(static_cast<beast::http::status>(answer.status), form.version);
    message.set(field::date, http_date());
    message.set(field::server, "shop");
    message.set("X-Content-Type-Options", "nosniff");
    if (!answer.content_type.empty()) message.set(field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) message.insert(name, value);
    message.keep_alive(form.keep_alive);
    // RFC 9110 section 8.6: a 204 has no Content-Length.
    if (answer.status != 204) message.content_length(answer.body.size());
    if (!form.without_body) message.body() = std::move(answer.body);
    return message;
}

request_message message_of(const core::request& asked, const std::string& host) {
    request_message message(verb_of(asked.verb), asked.target, 11);
    message.set(field::host, host);
    if (!asked.content_type.empty()) message.set(field::content_type, asked.content_type);
    if (!asked.authorization.empty()) message.set(field::authorization, asked.authorization);
    if (!asked.cookie.empty()) message.set(field::cookie, asked.cookie);
    if (!asked.idempotency_key.empty()) message.set(idempotency_key, asked.idempotency_key);
    if (!asked.request_id.empty()) message.set(request_id, asked.request_id);
    message.body() = asked.body;
    message.prepare_payload();
    return message;
}

core::response value_of(response_message&& message) {
    core::response answer;
    answer.status = static_cast<int>(message.result_int());
    answer.content_type = text_of(message[field::content_type]);
    for (const auto name : {field::set_cookie, field::cache_control, field::www_authenticate,
                            field::retry_after, field::allow, field::location}) {
        const auto [first, last] = message.equal_range(name);
        for (auto found = first; found != last; ++found) {
            answer.headers.emplace_back(text_of(beast::http::to_string(name)),
                                        text_of(found->value()));
        }
    }
    answer.body = std::move(message.body());
    return answer;
}

}  // namespace shop::http

#include "net/http/exchange.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "wire/scram.hpp"

namespace weir::net {

namespace http = boost::beast::http;

std::string path_of(std::string_view target) {
    if (const auto scheme = target.find("://"); scheme != target.npos && !target.starts_with('/')) {
        target.remove_prefix(scheme + 3);
        const auto path = target.find_first_of("/?#");
        target.remove_prefix(path == target.npos ? target.size() : path);
    }
    target = target.substr(0, target.find_first_of("?#"));
    return target.empty() ? "/" : std::string(target);
}

std::string query_of(std::string_view target) {
    target = target.substr(0, target.find('#'));
    const auto mark = target.find('?');
    return mark == target.npos ? std::string() : std::string(target.substr(mark + 1));
}

bool is_misformed(boost::system::error_code failed) {
    return failed.category() == make_error_code(http::error::end_of_stream).category() &&
           failed != http::error::end_of_stream && failed != http::error::partial_message;
}

std::optional<status::http_reply> refusal(const http_request_head& head,
                                          boost::system::error_code failed) {
    const auto no = [](int status, std::string body) {
        status::http_reply reply;
        reply.status = status;
        reply.body = std::move(body) + "\n";
        return reply;
    };
    const auto& request = head.get();
    // A body that is too large is found before the method is looked at: the method is what is
    // wrong. A length other than 0 is over the body limit, which is 0. Beast asserts the whole head
    // before it tells of chunks.
    const bool has_body =
        failed == http::error::body_limit || (head.is_header_done() && head.chunked());
    if (failed && !has_body) {
        if (failed == http::error::header_limit || failed == http::error::buffer_overflow)
            return no(431, "the request's head is too large");
        return no(400, "this is not understood as HTTP: " + failed.message());
    }
    if (request.method() != http::verb::get && request.method() != http::verb::head)
        return no(405, "only GET and HEAD are answered");
    if (has_body) return no(413, "a request with a body is not answered");
    return std::nullopt;
}

namespace {

/// The token that a request shows; empty: none.
std::string shown_token(std::string_view authorization) {
    const auto space = authorization.find(' ');
    if (space == std::string_view::npos) return {};
    const auto scheme = authorization.substr(0, space);
    auto shown = authorization.substr(space + 1);
    while (shown.starts_with(' ')) shown.remove_prefix(1);
    if (boost::beast::iequals(scheme, "bearer")) return std::string(shown);
    if (!boost::beast::iequals(scheme, "basic")) return {};
    const auto pair = wire::base64_decode(shown);
    if (!pair) return {};
    const auto colon = pair->find(':');
    return colon == bytes::npos ? std::string() : pair->substr(colon + 1);
}

/// A page of elsewhere whose name was made to lead here (DNS rebinding) has that name, with its dots, in this field; who
/// types an address or a name of this network does not.
bool is_named_as_this_machine(std::string_view host) {
    if (host.starts_with('[')) return true;
    host = host.substr(0, host.find(':'));
    return host.find('.') == host.npos || host.find_first_not_of("0123456789.") == host.npos;
}

}  // namespace

std::optional<status::http_reply> objection(const http_request_head::value_type& request, std::string_view token,
                                            bool of_this_machine) {
    const auto path = path_of(request.target());
    if (path == "/livez" || path == "/readyz") return std::nullopt;
    status::http_reply no;
    if (token.empty()) {
        const bool named = is_named_as_this_machine(request[boost::beast::http::field::host]);
        if (of_this_machine && named) return std::nullopt;
        no.status = 403;
        no.body = of_this_machine ? "without a token Weir answers to an address and to names without a dot\n"
                                  : "only this machine is answered: set http_token in the [server] section\n";
        return no;
    }
    const auto shown = shown_token(request[boost::beast::http::field::authorization]);
    if (!shown.empty() && wire::equal_in_constant_time(shown, token)) return std::nullopt;
    no.status = 401;
    no.body = "show the http_token of the [server] section: Authorization: Bearer TOKEN\n";
    return no;
}

http_response make_response(status::http_reply reply, bool keep) {
    http_response response;
    response.version(11);
    response.result(static_cast<unsigned>(reply.status));
    response.set(http::field::server, "Weir");
    response.set(http::field::content_type, reply.content_type);
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    response.set("Content-Security-Policy",
                 "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
                 "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    if (reply.status == 401) response.set(http::field::www_authenticate, "Basic realm=\"Weir\", Bearer realm=\"Weir\"");
    if (reply.status == 405) response.set(http::field::allow, "GET, HEAD");
    response.keep_alive(keep);
    response.body() = std::move(reply.body);
    response.prepare_payload();
    return response;
}

}  // namespace weir::net

// Between Beast's messages and the shop's values. Decides nothing.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/http_message.hpp"

namespace shop::http {

namespace beast = boost::beast;

using request_message = beast::http::request<beast::http::string_body>;
using response_message = beast::http::response<beast::http::string_body>;

core::request value_of(request_message&& message);

struct reply_form {
    unsigned version;  // of HTTP, as Beast counts: 11
    bool keep_alive;
    bool without_body;  // the answer to HEAD: the headers of GET and nothing behind them
};
response_message message_of(core::response&& answer, const reply_form& form);

// The other direction, for calling another service.
request_message message_of(const core::request& asked, const std::string& host);
core::response value_of(response_message&& message);

}  // namespace shop::http

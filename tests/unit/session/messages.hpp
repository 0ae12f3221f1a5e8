// Messages of both sides for scripts: `ask::` builds what a client sends, `reply` what a server answers.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"
#include "wire/startup.hpp"

namespace weir::session::ask {

namespace frontend = wire::frontend;

inline bytes no_types() { return bytes(2, '\0'); }

inline bytes query(bytes_view text) {
    bytes out;
    frontend::append_query(out, text);
    return out;
}
inline bytes parse(bytes_view name, bytes_view text) {
    bytes out;
    frontend::append_parse(out, name, text, no_types());
    return out;
}
/// What follows the two names of a Bind: text formats, the values, text results.
inline bytes bind_rest(const std::vector<std::string>& values = {}) {
    bytes rest;
    append_u16(rest, 0);
    append_u16(rest, static_cast<std::uint16_t>(values.size()));
    for (const auto& v : values) {
        append_u32(rest, static_cast<std::uint32_t>(v.size()));
        rest.append(v);
    }
    append_u16(rest, 0);
    return rest;
}
inline bytes bind(bytes_view portal, bytes_view name, const std::vector<std::string>& values = {}) {
    bytes out;
    const bytes rest = bind_rest(values);
    frontend::append_bind_head(out, portal, name, rest.size());
    return out + rest;
}
inline bytes target(char type, char kind, bytes_view name) {
    bytes out;
    frontend::append_target(out, type, kind, name);
    return out;
}
inline bytes describe(bytes_view name) { return target(frontend::describe, 'S', name); }
inline bytes describe_portal(bytes_view name) { return target(frontend::describe, 'P', name); }
inline bytes close(bytes_view name) { return target(frontend::close, 'S', name); }
inline bytes close_portal(bytes_view name) { return target(frontend::close, 'P', name); }
inline bytes execute(bytes_view portal = "", std::uint32_t max_rows = 0) {
    bytes out;
    frontend::append_execute(out, portal, max_rows);
    return out;
}
inline bytes sync() {
    bytes out;
    frontend::append_sync(out);
    return out;
}
inline bytes flush() {
    bytes out;
    frontend::append_flush(out);
    return out;
}
inline bytes terminate() {
    bytes out;
    frontend::append_terminate(out);
    return out;
}
inline bytes message(char type, bytes_view body = {}) {
    bytes out;
    wire::backend::append_message(out, type, body);
    return out;
}
inline bytes copy_data(bytes_view data) { return message(frontend::copy_data, data); }
inline bytes copy_done() { return message(frontend::copy_done); }
inline bytes copy_fail(bytes_view why) {
    return message(frontend::copy_fail, bytes(why) + bytes(1, '\0'));
}
/// Parse, Bind, Execute of one text through the unnamed statement and portal.
inline bytes extended(bytes_view text) { return parse("", text) + ask::bind("", "") + execute(); }
/// What Weir sends for a BEGIN that it kept back, where the connection has not got it prepared.
inline bytes begin_as(bytes_view name, bytes_view text) {
    return parse(name, text) + ask::bind("", name) + execute();
}

inline bytes startup(const std::vector<wire::startup_parameter>& parameters, std::uint16_t minor = 0) {
    bytes out;
    wire::append_startup(out, minor, parameters);
    return out;
}

}  // namespace weir::session::ask

namespace weir::session {

namespace backend = wire::backend;

/// A server's answer, message by message.
class reply {
public:
    operator bytes_view() const { return out_; }  // NOLINT: reads as the bytes that it stands for
    const bytes& str() const { return out_; }

    reply& parse_complete() { return add([&] { backend::append_parse_complete(out_); }); }
    reply& bind_complete() { return add([&] { backend::append_bind_complete(out_); }); }
    reply& close_complete() { return add([&] { backend::append_close_complete(out_); }); }
    reply& no_data() { return add([&] { backend::append_no_data(out_); }); }
    reply& parameter_description() { return message(backend::parameter_description, {"\0\0", 2}); }
    reply& row_description(const std::vector<bytes>& columns = {"a"}) {
        return add([&] { backend::append_text_row_description(out_, columns); });
    }
    reply& data_row(bytes_view value = "1") {
        const std::optional<bytes> one{bytes(value)};
        return add([&] { backend::append_text_row(out_, {&one, 1}); });
    }
    reply& row(const std::vector<std::optional<bytes>>& values) {
        return add([&] { backend::append_text_row(out_, values); });
    }
    reply& command_complete(bytes_view tag) {
        return add([&] { backend::append_command_complete(out_, tag); });
    }
    reply& empty_query() { return message(backend::empty_query_response, {}); }
    reply& portal_suspended() { return message(backend::portal_suspended, {}); }
    reply& copy_in() { return message(backend::copy_in_response, {"\0\0\0", 3}); }
    reply& copy_out() { return message(backend::copy_out_response, {"\0\0\0", 3}); }
    reply& copy_data(bytes_view data) { return message(backend::copy_data, data); }
    reply& copy_done() { return message(backend::copy_done, {}); }
    reply& function_result() { return message(backend::function_call_response, {"\xff\xff\xff\xff", 4}); }
    reply& ready(char status) { return message(backend::ready_for_query, {&status, 1}); }
    reply& parameter(bytes_view name, bytes_view value) {
        return add([&] { backend::append_parameter(out_, name, value); });
    }
    reply& notice(bytes_view code, bytes_view text) {
        return add([&] { backend::append_notice(out_, "WARNING", {bytes(code), bytes(text)}); });
    }
    reply& notification() {
        return message(backend::notification_response, {"\0\0\0\1channel\0payload\0", 20});
    }
    reply& error(bytes_view code, bytes_view text, bytes_view severity = "ERROR") {
        return add([&] { backend::append_error(out_, severity, {bytes(code), bytes(text)}); });
    }
    reply& authentication(std::uint32_t code, bytes_view data = {}) {
        return add([&] { backend::append_authentication(out_, code, data); });
    }
    reply& key(std::uint32_t pid, bytes_view secret) {
        return add([&] { backend::append_key(out_, pid, secret); });
    }
    reply& message(char type, bytes_view body) {
        return add([&] { backend::append_message(out_, type, body); });
    }
    reply& then(bytes_view more) {
        return add([&] { out_.append(more); });
    }

    /// The answer to a simple `select` of one row, ReadyForQuery included.
    reply& one_row(char status = 'I') {
        return row_description().data_row().command_complete("SELECT 1").ready(status);
    }
    /// The answer to ask::extended() of a statement without rows, Sync's not included.
    reply& done(bytes_view tag) { return parse_complete().bind_complete().command_complete(tag); }

private:
    template <class Append>
    reply& add(Append append) {
        append();
        return *this;
    }

    bytes out_;
};

}  // namespace weir::session

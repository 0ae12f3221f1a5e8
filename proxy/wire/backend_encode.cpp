#include <cassert>

#include "wire/backend.hpp"
#include "wire/message_writer.hpp"

namespace weir::wire::backend {

namespace {

constexpr std::uint32_t text_oid = 25;
constexpr std::uint32_t minus_one = 0xffffffffu;

void append_fields(bytes& out, char type, bytes_view severity, const fault& f) {
    assert(f.sqlstate.size() == 5);
    message_writer message(out, type);
    const auto field = [&message](char name, bytes_view value) {
        message.byte(name);
        message.string(value);
    };
    field('S', severity);
    field('V', severity);
    field('C', f.sqlstate);
    field('M', f.message);
    if (!f.detail.empty()) {
        field('D', f.detail);
    }
    if (!f.hint.empty()) {
        field('H', f.hint);
    }
    if (!f.routine.empty()) {
        field('R', f.routine);
    }
    message.byte('\0');
}

}  // namespace

void append_message(bytes& out, char type, bytes_view body) {
    append_header(out, type, body.size());
    out.append(body);
}

void append_error(bytes& out, bytes_view severity, const fault& f) {
    append_fields(out, error_response, severity, f);
}

void append_notice(bytes& out, bytes_view severity, const fault& f) {
    append_fields(out, notice_response, severity, f);
}

void append_ready(bytes& out, transaction_status status) {
    const char body = static_cast<char>(status);
    append_message(out, ready_for_query, {&body, 1});
}

void append_parameter(bytes& out, bytes_view name, bytes_view value) {
    message_writer message(out, parameter_status);
    message.string(name);
    message.string(value);
}

void append_key(bytes& out, std::uint32_t pid, bytes_view secret) {
    message_writer message(out, backend_key_data);
    message.u32(pid);
    message.raw(secret);
}

void append_command_complete(bytes& out, bytes_view tag) {
    message_writer message(out, command_complete);
    message.string(tag);
}

void append_parse_complete(bytes& out) { append_header(out, parse_complete, 0); }

void append_bind_complete(bytes& out) { append_header(out, bind_complete, 0); }

void append_close_complete(bytes& out) { append_header(out, close_complete, 0); }

void append_no_data(bytes& out) { append_header(out, no_data, 0); }

void append_authentication(bytes& out, std::uint32_t code, bytes_view data) {
    message_writer message(out, authentication);
    message.u32(code);
    message.raw(data);
}

void append_negotiate(bytes& out, std::uint32_t minor, std::span<const bytes> unknown) {
    message_writer message(out, negotiate_protocol_version);
    // The manual says "minor version", but PostgreSQL sends, and libpq reads, major and minor.
    message.u32((3u << 16) | minor);
    message.u32(static_cast<std::uint32_t>(unknown.size()));
    for (const bytes& option : unknown) {
        message.string(option);
    }
}

void append_text_row_description(bytes& out, std::span<const bytes> columns) {
    message_writer message(out, row_description);
    message.u16(static_cast<std::uint16_t>(columns.size()));
    for (const bytes& name : columns) {
        message.string(name);
        message.u32(0);  // no table
        message.u16(0);  // no column of a table
        message.u32(text_oid);
        message.u16(static_cast<std::uint16_t>(minus_one));  // pg_type.typlen: variable
        message.u32(minus_one);                              // no type modifier
        message.u16(0);                                      // text format
    }
}

void append_text_row(bytes& out, std::span<const std::optional<bytes>> values) {
    message_writer message(out, data_row);
    message.u16(static_cast<std::uint16_t>(values.size()));
    for (const auto& value : values) {
        if (!value) {
            message.u32(minus_one);
            continue;
        }
        message.u32(static_cast<std::uint32_t>(value->size()));
        message.raw(*value);
    }
}

}  // namespace weir::wire::backend

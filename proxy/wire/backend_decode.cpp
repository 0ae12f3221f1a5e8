#include "wire/backend.hpp"
#include "wire/body_reader.hpp"

namespace weir::wire::backend {

namespace {

constexpr std::size_t shortest_secret = 4;
constexpr std::size_t longest_secret = 256;  // protocol 3.2; 3.0 always has 4

/// Where a field of this type byte goes (manual, "Error and Notice Message Fields"), if anywhere.
bytes_view* place(error_fields& fields, char type, bool& severity_is_plain) {
    switch (type) {
        case 'V':
            severity_is_plain = true;
            return &fields.severity;
        case 'S':
            return severity_is_plain ? nullptr : &fields.severity;
        case 'C':
            return &fields.sqlstate;
        case 'M':
            return &fields.message;
        case 'D':
            return &fields.detail;
        case 'H':
            return &fields.hint;
        case 'R':
            return &fields.routine;
        default:
            return nullptr;  // the manual: unrecognised fields are to be ignored
    }
}

}  // namespace

result<transaction_status> decode_ready(bytes_view body) {
    body_reader reader(body);
    const char status = reader.byte();
    if (!reader.failed() && status != 'I' && status != 'T' && status != 'E') {
        reader.fail("invalid transaction status in ReadyForQuery");
    }
    return reader.finish(static_cast<transaction_status>(status));
}

result<error_fields> decode_error(bytes_view body) {
    body_reader reader(body);
    error_fields fields{};
    bool severity_is_plain = false;
    while (true) {
        const char type = reader.byte();
        if (type == '\0') {  // the terminator, or a failed read
            return reader.finish(fields);
        }
        const bytes_view value = reader.string();
        if (bytes_view* field = place(fields, type, severity_is_plain)) {
            *field = value;
        }
    }
}

result<parameter_value> decode_parameter(bytes_view body) {
    body_reader reader(body);
    parameter_value parameter;
    parameter.name = reader.string();
    parameter.value = reader.string();
    return reader.finish(parameter);
}

result<key_data> decode_key(bytes_view body) {
    body_reader reader(body);
    key_data key;
    key.pid = reader.u32();
    key.secret = reader.take_rest();
    if (!reader.failed() &&
        (key.secret.size() < shortest_secret || key.secret.size() > longest_secret)) {
        reader.fail("invalid length of the secret in BackendKeyData");
    }
    return reader.finish(key);
}

result<bytes_view> decode_tag(bytes_view body) {
    body_reader reader(body);
    const bytes_view tag = reader.string();
    return reader.finish(tag);
}

result<void> decode_row(bytes_view body, std::span<std::optional<bytes_view>> columns) {
    const fault malformed{sqlstate::protocol_violation, "a row that Weir asked for has another form"};
    if (body.size() < 2 || load_u16(body.data()) != columns.size()) return malformed;
    body.remove_prefix(2);
    for (auto& column : columns) {
        if (body.size() < 4) return malformed;
        const auto length = load_u32(body.data());
        body.remove_prefix(4);
        column.reset();
        if (length == 0xffffffffu) continue;  // NULL
        if (length > body.size()) return malformed;
        column = body.substr(0, length);
        body.remove_prefix(length);
    }
    return {};
}

result<authentication_request> decode_authentication(bytes_view body) {
    body_reader reader(body);
    authentication_request request;
    request.code = reader.u32();
    request.data = reader.take_rest();
    return reader.finish(request);
}

}  // namespace weir::wire::backend

#include "wire/frontend.hpp"

#include "wire/body_reader.hpp"
#include "wire/message_writer.hpp"

namespace weir::wire::frontend {

result<parse_message> decode_parse(bytes_view body) {
    body_reader reader(body);
    parse_message message;
    message.statement = reader.string();
    message.query = reader.string();
    const std::size_t count = reader.rest().size() < 2 ? 0 : load_u16(reader.rest().data());
    message.parameter_types = reader.take(2 + 4 * count);
    return reader.finish(message);
}

result<bind_message> decode_bind(bytes_view body) {
    body_reader reader(body);
    bind_message message;
    message.portal = reader.string();
    message.statement = reader.string();
    message.rest = reader.rest();
    reader.take_rest();
    return reader.finish(message);
}

result<target_message> decode_target(bytes_view body, char type) {
    body_reader reader(body);
    target_message message;
    message.kind = reader.byte();
    message.name = reader.string();
    const auto decoded = reader.finish(message);
    if (decoded.has_value() && message.kind != 'S' && message.kind != 'P') {
        return fault{sqlstate::protocol_violation,
                     std::string("invalid ") + (type == close ? "CLOSE" : "DESCRIBE") +
                         " message subtype " +
                         std::to_string(static_cast<unsigned char>(message.kind))};
    }
    return decoded;
}

std::optional<bind_counts> count_bound(bytes_view rest) {
    if (rest.size() < 2) return std::nullopt;
    const std::size_t formats = load_u16(rest.data());
    const std::size_t behind = 2 + 2 * formats;
    if (rest.size() < behind + 2) return std::nullopt;
    return bind_counts{formats, load_u16(rest.data() + behind)};
}

std::optional<bytes_view> bound_value(bytes_view rest, std::size_t index) {
    const auto counts = count_bound(rest);
    if (!counts || index >= counts->values) return std::nullopt;
    rest.remove_prefix(2 + 2 * counts->formats + 2);
    for (std::size_t i = 0; rest.size() >= 4; ++i) {
        const auto length = load_u32(rest.data());
        rest.remove_prefix(4);
        const bool null = length == 0xffffffffu;
        if (!null && length > rest.size()) return std::nullopt;
        if (i == index) return null ? std::nullopt : std::optional(rest.substr(0, length));
        if (!null) rest.remove_prefix(length);
    }
    return std::nullopt;
}

result<execute_message> decode_execute(bytes_view body) {
    body_reader reader(body);
    execute_message message;
    message.portal = reader.string();
    message.max_rows = reader.u32();
    return reader.finish(message);
}

result<bytes_view> decode_query(bytes_view body) {
    body_reader reader(body);
    const bytes_view text = reader.string();
    return reader.finish(text);
}

void append_parse(bytes& out, bytes_view statement, bytes_view text, bytes_view parameter_types) {
    message_writer message(out, parse);
    message.string(statement);
    message.string(text);
    message.raw(parameter_types);
}

void append_bind_head(bytes& out, bytes_view portal, bytes_view statement,
                      std::size_t rest_length) {
    append_header(out, bind, portal.size() + 1 + statement.size() + 1 + rest_length);
    out.append(portal);
    out.push_back('\0');
    out.append(statement);
    out.push_back('\0');
}

void append_target(bytes& out, char type, char kind, bytes_view name) {
    message_writer message(out, type);
    message.byte(kind);
    message.string(name);
}

void append_execute(bytes& out, bytes_view portal, std::uint32_t max_rows) {
    message_writer message(out, execute);
    message.string(portal);
    message.u32(max_rows);
}

void append_query(bytes& out, bytes_view text) {
    message_writer message(out, query);
    message.string(text);
}

void append_sync(bytes& out) { append_header(out, sync, 0); }

void append_flush(bytes& out) { append_header(out, flush, 0); }

void append_terminate(bytes& out) { append_header(out, terminate, 0); }

void append_password(bytes& out, bytes_view body) {
    append_header(out, password, body.size());
    out.append(body);
}

void append_sasl_initial(bytes& out, bytes_view mechanism, bytes_view data) {
    message_writer message(out, password);
    message.string(mechanism);
    message.u32(static_cast<std::uint32_t>(data.size()));
    message.raw(data);
}

}  // namespace weir::wire::frontend

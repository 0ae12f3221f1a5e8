// Messages that a client sends (PostgreSQL manual, "Message Formats"): type bytes, decoded values
// that look into the message's body, and encoders that append a whole message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::wire::frontend {

inline constexpr char bind = 'B';
inline constexpr char close = 'C';
inline constexpr char describe = 'D';
inline constexpr char execute = 'E';
inline constexpr char function_call = 'F';
inline constexpr char flush = 'H';
inline constexpr char parse = 'P';
inline constexpr char query = 'Q';
inline constexpr char sync = 'S';
inline constexpr char terminate = 'X';
inline constexpr char copy_data = 'd';
inline constexpr char copy_done = 'c';
inline constexpr char copy_fail = 'f';
inline constexpr char password = 'p';

/// Views look into the body that was decoded. parameter_types: the raw 2-byte count and 4-byte
/// oids.
struct parse_message {
    bytes_view statement;
    bytes_view query;
    bytes_view parameter_types;
};
/// rest: everything behind the two names that is in `body` (formats, values, result formats).
struct bind_message {
    bytes_view portal;
    bytes_view statement;
    bytes_view rest;
};
/// Describe and Close: kind is 'S' (statement) or 'P' (portal).
struct target_message {
    char kind;
    bytes_view name;
};
struct execute_message {
    bytes_view portal;
    std::uint32_t max_rows;
};

// Each returns 08P01 where the body does not have that message's form, with PostgreSQL's message.
result<parse_message> decode_parse(bytes_view body);
result<bind_message> decode_bind(bytes_view body);  // body may be cut off behind the two names
/// type, describe or close, is what the fault of another kind than 'S' and 'P' names.
result<target_message> decode_target(bytes_view body, char type = describe);
struct bind_counts {
    std::size_t formats;
    std::size_t values;
};
/// Of a Bind's rest; nothing where it is cut off before them.
std::optional<bind_counts> count_bound(bytes_view rest);
/// The value of parameter `index` (from 0) in a Bind's rest; nothing where it is NULL or not there.
std::optional<bytes_view> bound_value(bytes_view rest, std::size_t index);
result<execute_message> decode_execute(bytes_view body);
result<bytes_view> decode_query(bytes_view body);  // the text without its NUL

void append_parse(bytes& out, bytes_view statement, bytes_view text, bytes_view parameter_types);
/// Header and names of a Bind whose remaining body of rest_length bytes the caller appends or
/// streams.
void append_bind_head(bytes& out, bytes_view portal, bytes_view statement, std::size_t rest_length);
void append_target(bytes& out, char type, char kind, bytes_view name);  // type: describe or close
void append_execute(bytes& out, bytes_view portal, std::uint32_t max_rows);
void append_query(bytes& out, bytes_view text);
void append_sync(bytes& out);
void append_flush(bytes& out);
void append_terminate(bytes& out);
void append_password(bytes& out, bytes_view body);  // PasswordMessage, body as is
void append_sasl_initial(bytes& out, bytes_view mechanism, bytes_view data);

}  // namespace weir::wire::frontend

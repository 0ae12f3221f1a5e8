// Messages that a server sends (PostgreSQL manual, "Message Formats"): type bytes, decoded values
// that look into the message's body, and encoders that append a whole message.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::wire::backend {

inline constexpr char authentication = 'R';
inline constexpr char backend_key_data = 'K';
inline constexpr char bind_complete = '2';
inline constexpr char close_complete = '3';
inline constexpr char command_complete = 'C';
inline constexpr char copy_both_response = 'W';
inline constexpr char copy_data = 'd';
inline constexpr char copy_done = 'c';
inline constexpr char copy_in_response = 'G';
inline constexpr char copy_out_response = 'H';
inline constexpr char data_row = 'D';
inline constexpr char empty_query_response = 'I';
inline constexpr char error_response = 'E';
inline constexpr char function_call_response = 'V';
inline constexpr char negotiate_protocol_version = 'v';
inline constexpr char no_data = 'n';
inline constexpr char notice_response = 'N';
inline constexpr char notification_response = 'A';
inline constexpr char parameter_description = 't';
inline constexpr char parameter_status = 'S';
inline constexpr char parse_complete = '1';
inline constexpr char portal_suspended = 's';
inline constexpr char ready_for_query = 'Z';
inline constexpr char row_description = 'T';

/// The transaction status byte of ReadyForQuery.
enum class transaction_status : char { idle = 'I', in_block = 'T', failed = 'E' };

struct error_fields {
    bytes_view severity;  // field V where present (never localised), else S
    bytes_view sqlstate;
    bytes_view message;
    bytes_view detail;
    bytes_view hint;
    bytes_view routine;
};
struct parameter_value {
    bytes_view name;
    bytes_view value;
};
struct key_data {
    std::uint32_t pid;
    bytes_view secret;  // 4 bytes in 3.0, up to 256 in 3.2
};
/// Authentication request: code as in the manual (0 ok, 3 cleartext, 5 md5, 10 SASL, 11, 12).
struct authentication_request {
    std::uint32_t code;
    bytes_view data;
};

// Each returns 08P01 where the body does not have that message's form.
result<transaction_status> decode_ready(bytes_view body);
result<error_fields> decode_error(bytes_view body);
result<parameter_value> decode_parameter(bytes_view body);
result<key_data> decode_key(bytes_view body);
result<bytes_view> decode_tag(bytes_view body);  // CommandComplete without its NUL
result<authentication_request> decode_authentication(bytes_view body);
/// A DataRow of just as many columns; nothing where NULL. Views look into the body. 08P01 where it has
/// another form.
result<void> decode_row(bytes_view body, std::span<std::optional<bytes_view>> columns);

void append_message(bytes& out, char type, bytes_view body);
/// severity: "ERROR", "FATAL", "WARNING", "NOTICE". Fields S, V, C, M and, where set, D, H and R.
void append_error(bytes& out, bytes_view severity, const fault& f);
void append_notice(bytes& out, bytes_view severity, const fault& f);
void append_ready(bytes& out, transaction_status status);
void append_parameter(bytes& out, bytes_view name, bytes_view value);
void append_key(bytes& out, std::uint32_t pid, bytes_view secret);
void append_command_complete(bytes& out, bytes_view tag);
void append_parse_complete(bytes& out);
void append_bind_complete(bytes& out);
void append_close_complete(bytes& out);
void append_no_data(bytes& out);
void append_authentication(bytes& out, std::uint32_t code, bytes_view data);
/// minor: of the version that will be spoken; unknown: names of `_pq_.` options not understood.
void append_negotiate(bytes& out, std::uint32_t minor, std::span<const bytes> unknown);
/// All columns as text (type oid 25, format 0).
void append_text_row_description(bytes& out, std::span<const bytes> columns);
/// Nothing stands for NULL.
void append_text_row(bytes& out, std::span<const std::optional<bytes>> values);

}  // namespace weir::wire::backend

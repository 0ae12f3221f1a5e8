// console_reply: the console's answers as messages of the protocol.
#pragma once

#include "base/bytes.hpp"
#include "base/fault.hpp"
#include "status/admin_port.hpp"

namespace weir::net {

/// with_columns: their description, too, as a Query has it.
void append_answer(bytes& to, const result<status::table>& answer, bool with_columns);
/// To a Describe; no columns: NoData.
void append_columns(bytes& to, const std::vector<std::string>& columns, bool of_statement);

}  // namespace weir::net

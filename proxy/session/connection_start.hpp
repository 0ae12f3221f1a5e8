// connection_start: what a node said of itself and of a connection when it was opened, before anybody used
// it: which incarnation of the server it is of, and which settings nobody is told by ParameterStatus.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::session {

struct connection_start {
    std::uint64_t system_identifier = 0;  // 0: the node did not say
    std::int64_t started_at_us = 0;       // as cluster::probe_answer's
    std::string isolation;                // default_transaction_isolation
    std::string search_path;

    bool is_known() const { return system_identifier != 0; }
};

/// One statement of one row, for any user.
const std::string& start_question();
/// body: of its DataRow.
result<connection_start> read_start(bytes_view body);

}  // namespace weir::session

// trace_context: the W3C traceparent that a program has put into a comment of its statement (as sqlcommenter does), so
// that a line of the log is found from a trace.
#pragma once

#include <string_view>

namespace weir::query {

/// A part of the text: version, trace-id, parent-id and flags, 55 characters (W3C Trace Context, section 3.2). Empty
/// where there is none: in a literal it is not looked for.
std::string_view trace_parent_of(std::string_view text);

}  // namespace weir::query

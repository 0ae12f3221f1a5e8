// logging: the log of the process: to standard error, or to a file that others may move away. Lines are written by a
// thread of their own, so that nobody waits for a disk; when it falls behind the oldest lines are lost.
#pragma once

#include "base/fault.hpp"
#include "config/config.hpp"

namespace weir::net {

/// Again after a reload. A fault, F0000: the file cannot be opened; the log stays where it is.
result<void> set_up_logging(const config::log_settings& log);
/// Opens the file anew by its name, for logrotate; nothing where there is none.
void reopen_log();
/// All lines are written, and no thread is left.
void end_logging();

}  // namespace weir::net

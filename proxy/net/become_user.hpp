// become_user: gives up the privileges that the process was started with.
#pragma once

#include <string>

#include "base/fault.hpp"

namespace weir::net {

/// Started as root: from now on this user, with its groups, and no way back. Started as this user, or an empty name:
/// nothing is done. All else is a fault.
result<void> become_user(const std::string& name);

}  // namespace weir::net

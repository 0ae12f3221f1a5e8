// own_addresses: this machine's, with their networks, for samehost and samenet in pg_hba.conf.
#pragma once

#include <vector>

#include "auth/hba_rules.hpp"

namespace weir::net {

/// As they are now; empty where the system does not tell.
std::vector<auth::own_address> own_addresses();

}  // namespace weir::net

// scram_secret: `weir scram-secret`: a password in, what pg_authid and users files keep of it out.
#pragma once

#include "cli/arguments.hpp"
#include "cli/run.hpp"

namespace weir::cli {

int print_scram_secret(const scram_secret_command& c, const streams& with);

}  // namespace weir::cli

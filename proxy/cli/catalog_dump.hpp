// catalog_dump: weir catalog dump: the catalog of a database, as the primary has it, on standard output.
#pragma once

#include "cli/arguments.hpp"
#include "cli/run.hpp"
#include "config/load.hpp"

namespace weir::cli {

int dump_catalog(const catalog_dump_command& c, const config::surroundings& world, const streams& with);

}  // namespace weir::cli

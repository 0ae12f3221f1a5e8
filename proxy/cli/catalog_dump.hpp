// catalog_dump: weir catalog dump: the catalog of a database, as the primary has it, on standard output.
#pragma once

#include "base/fault.hpp"
#include "cli/arguments.hpp"
#include "cli/run.hpp"
#include "config/load.hpp"

namespace weir::cli {

/// The catalog of a database, as clients name it, in the form that catalog::read() takes.
result<std::string> read_catalog_now(const config::config& made, const std::string& database);

int dump_catalog(const catalog_dump_command& c, const config::surroundings& world, const streams& with);

}  // namespace weir::cli

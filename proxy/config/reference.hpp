// reference: docs/configuration.md, written from the table of keys. A test compares the file with
// it.
#pragma once

#include <string>

namespace weir::config {

std::string reference_markdown();

}  // namespace weir::config

// reference: docs/configuration.md, written from the table of keys. A test compares the file with
// it.
#pragma once

#include <string>

#include "config/key.hpp"

namespace weir::config {

std::string reference_markdown();

/// How a value of this key is written, in words: "duration, from 0"; with backquotes around what is code.
std::string value_words(const key& k);

}  // namespace weir::config

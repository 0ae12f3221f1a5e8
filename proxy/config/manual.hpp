// manual: weir.toml(5), written from the table of keys that docs/configuration.md is written from.
#pragma once

#include <string>
#include <string_view>

namespace weir::config {

/// In the language of man(7).
std::string configuration_manual(std::string_view version);

/// Text as man(7) shows it as it is; what stands between backquotes is bold.
std::string as_roff(std::string_view text);

}  // namespace weir::config

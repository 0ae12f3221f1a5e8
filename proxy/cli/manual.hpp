// manual: weir(1), made of what --help says.
#pragma once

#include <string>
#include <string_view>

namespace weir::cli {

/// In the language of man(7).
std::string command_manual(std::string_view version);

}  // namespace weir::cli

// complaint: one thing that is wrong with a configuration, told so that it can be found and mended.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::config {

struct complaint {
    std::string file;
    std::uint32_t line = 0;  // 1-based; 0: of the file as a whole
    std::uint32_t column = 0;
    std::string message;
    std::string hint;

    bool operator==(const complaint&) const = default;
};
/// A word of the user's, set off from ours.
inline std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string to_string(const complaint& c);  // "weir.toml:3:1: message (hint)"

}  // namespace weir::config

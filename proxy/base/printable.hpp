// printable: text that a peer made up, for one line of a log: no control character gets through.
#pragma once

#include <string>
#include <string_view>

namespace weir {

inline std::string printable(std::string_view text) {
    std::string made(text);
    for (char& c : made)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return made;
}

}  // namespace weir

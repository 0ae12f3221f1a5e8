// PostgreSQL's text of an array of numbers, {1,2,3}: how a list travels as one parameter.
#pragma once

#include <functional>
#include <string>

namespace shop::core {

// `part` takes the number out of each item.
template <class Items, class Part>
std::string array_text(const Items& items, Part part) {
    std::string out = "{";
    for (const auto& item : items) {
        if (out.size() > 1) out += ',';
        out += std::to_string(std::invoke(part, item));
    }
    return out + "}";
}

}  // namespace shop::core

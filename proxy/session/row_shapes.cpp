#include "session/row_shapes.hpp"

#include <functional>

namespace weir::session {

std::uint64_t row_shape(bytes_view row_description) {
    constexpr std::size_t origin = 6;     // table oid, column number
    constexpr std::size_t compared = 10;  // type oid, length, modifier
    constexpr std::size_t format = 2;
    const std::hash<std::string_view> hash;
    std::uint64_t shape = 0x9e3779b97f4a7c15u;
    auto rest = row_description.substr(std::min<std::size_t>(2, row_description.size()));
    while (!rest.empty()) {
        const auto end = rest.find('\0');
        if (end == bytes_view::npos || rest.size() < end + 1 + origin + compared + format) break;
        shape = shape * 31 + hash(rest.substr(0, end));
        shape = shape * 31 + hash(rest.substr(end + 1 + origin, compared));
        rest.remove_prefix(end + 1 + origin + compared + format);
    }
    return shape == no_rows ? 2 : shape;
}

}  // namespace weir::session

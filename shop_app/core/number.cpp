#include "core/number.hpp"

#include <charconv>
#include <limits>
#include <system_error>

namespace shop::core {

std::optional<std::int64_t> number_in(std::string_view text, std::int64_t smallest,
                                      std::int64_t largest) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (value < smallest || value > largest) return std::nullopt;
    return value;
}

std::optional<std::int64_t> id_of(std::string_view text) {
    return number_in(text, 1, std::numeric_limits<std::int64_t>::max());
}

}  // namespace shop::core

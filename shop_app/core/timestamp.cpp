#include "core/timestamp.hpp"

namespace shop::core {

std::string rfc3339(std::string_view iso) {
    constexpr std::size_t date_length = 10;
    std::string out(iso);
    if (iso.size() < 22 || iso[4] != '-' || iso[date_length] != ' ') return out;
    out[date_length] = 'T';
    // The zone is +HH or +HH:MM; seconds in it only occur for times before 1900 or so.
    const auto sign = out.find_first_of("+-", date_length);
    if (sign != std::string::npos && out.size() == sign + 3) out += ":00";
    return out;
}

}  // namespace shop::core

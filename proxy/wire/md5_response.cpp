#include "wire/hash.hpp"
#include "wire/scram.hpp"

namespace weir::wire {

/// PostgreSQL's MD5 form of rolpassword: "md5" and 32 hexadecimal digits.
bool is_md5_secret(std::string_view stored) {
    return stored.size() == 35 && stored.starts_with("md5") &&
           stored.find_first_not_of("0123456789abcdef", 3) == std::string_view::npos;
}

bool is_md5_of(std::string_view stored, std::string_view password, std::string_view user) {
    return is_md5_secret(stored) &&
           equal_in_constant_time(stored.substr(3), md5_hex(std::string(password).append(user)));
}

std::string md5_response(std::string_view stored, std::string_view user, bytes_view salt) {
    std::string inner;
    if (is_md5_secret(stored)) {
        inner = stored.substr(3);
    } else {
        inner = md5_hex(std::string(stored).append(user));
    }
    return "md5" + md5_hex(inner.append(salt));
}

}  // namespace weir::wire

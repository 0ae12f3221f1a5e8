// The hash functions that SCRAM-SHA-256 and md5 authentication are made of, over libcrypto. They
// throw std::runtime_error where libcrypto refuses (md5 under a FIPS provider, no memory).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace weir::wire {

using sha256_digest = std::array<unsigned char, 32>;

sha256_digest sha256(bytes_view data);
sha256_digest hmac_sha256(bytes_view key, bytes_view data);
/// RFC 5802's Hi(): PBKDF2 with HMAC-SHA-256 and one block of output.
sha256_digest salted_password(bytes_view password, bytes_view salt, std::uint32_t iterations);
/// 32 lower-case hexadecimal digits.
std::string md5_hex(bytes_view data);

inline bytes_view view(const sha256_digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

inline sha256_digest exclusive_or(const sha256_digest& a, const sha256_digest& b) {
    sha256_digest out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = a[i] ^ b[i];
    }
    return out;
}

}  // namespace weir::wire

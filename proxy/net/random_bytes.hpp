// random_bytes: from OpenSSL's generator, which the system seeds.
#pragma once

#include <openssl/rand.h>

#include <stdexcept>

#include "base/bytes.hpp"

namespace weir::net {

inline bytes random_bytes(std::size_t n) {
    bytes made(n, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(made.data()), static_cast<int>(n)) != 1)
        throw std::runtime_error("no random numbers from OpenSSL");
    return made;
}

}  // namespace weir::net

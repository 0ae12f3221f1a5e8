#include <openssl/crypto.h>

#include "wire/scram.hpp"

namespace weir::wire {

bool equal_in_constant_time(bytes_view a, bytes_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace weir::wire

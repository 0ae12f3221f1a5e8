#include "wire/hash.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace weir::wire {

namespace {

const unsigned char* octets(bytes_view data) {
    // libcrypto takes a null pointer for "no key set", which an empty view may hold.
    return reinterpret_cast<const unsigned char*>(data.empty() ? "" : data.data());
}

void require(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("libcrypto refused to compute ") + what);
    }
}

}  // namespace

sha256_digest sha256(bytes_view data) {
    sha256_digest out;
    unsigned int size = 0;
    const int done =
        EVP_Digest(octets(data), data.size(), out.data(), &size, EVP_sha256(), nullptr);
    require(done == 1 && size == out.size(), "SHA-256");
    return out;
}

sha256_digest hmac_sha256(bytes_view key, bytes_view data) {
    sha256_digest out;
    std::size_t size = 0;
    const auto* done =
        EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, octets(key), key.size(),
                  octets(data), data.size(), out.data(), out.size(), &size);
    require(done != nullptr && size == out.size(), "HMAC-SHA-256");
    return out;
}

sha256_digest salted_password(bytes_view password, bytes_view salt, std::uint32_t iterations) {
    sha256_digest out;
    const int done = PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(octets(password)),
                                       static_cast<int>(password.size()), octets(salt),
                                       static_cast<int>(salt.size()), static_cast<int>(iterations),
                                       EVP_sha256(), static_cast<int>(out.size()), out.data());
    require(done == 1, "PBKDF2");
    return out;
}

std::string md5_hex(bytes_view data) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    require(EVP_Digest(octets(data), data.size(), digest, &size, EVP_md5(), nullptr) == 1, "MD5");
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (unsigned int i = 0; i < size; ++i) {
        out.push_back(digits[digest[i] >> 4]);
        out.push_back(digits[digest[i] & 15]);
    }
    return out;
}

}  // namespace weir::wire

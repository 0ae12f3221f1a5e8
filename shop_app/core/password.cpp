#include "core/password.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <memory>
#include <stdexcept>

namespace shop::core {
namespace {

constexpr std::string_view method_prefix = "$y$";

// crypt(5): the setting string carries method, cost and salt; with cost 0 libcrypt's default.
std::string setting_with(const salt& random) {
    std::string setting(CRYPT_GENSALT_OUTPUT_SIZE, '\0');
    const auto* made = crypt_gensalt_rn(
        method_prefix.data(), 0, reinterpret_cast<const char*>(random.data()),
        static_cast<int>(random.size()), setting.data(), static_cast<int>(setting.size()));
    if (made == nullptr) throw std::runtime_error("libcrypt makes no yescrypt setting");
    setting.resize(std::string_view(made).size());
    return setting;
}

// "" when libcrypt refuses the setting (it then answers a text that starts with *).
std::string crypted(std::string_view password, const std::string& setting) {
    const auto scratch = std::make_unique<crypt_data>();  // 32 kB: too much for a thread's stack
    const char* hash = crypt_r(std::string(password).c_str(), setting.c_str(), scratch.get());
    std::string out = hash == nullptr || hash[0] == '*' ? "" : hash;
    OPENSSL_cleanse(scratch.get(), sizeof(crypt_data));
    return out;
}

bool is_equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::string hash_password(std::string_view password, const salt& random) {
    auto hash = crypted(password, setting_with(random));
    if (hash.empty()) throw std::runtime_error("libcrypt has no yescrypt");
    return hash;
}

bool verify_password(std::string_view password, std::string_view stored_hash) {
    if (!stored_hash.starts_with(method_prefix)) {
        hash_password(password, salt{});
        return false;
    }
    const auto hash = crypted(password, std::string(stored_hash));
    return !hash.empty() && is_equal_in_constant_time(hash, stored_hash);
}

}  // namespace shop::core

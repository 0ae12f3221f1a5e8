// Passwords to memory-hard hashes (yescrypt, 16 MB and about 20 ms each) and back to yes or no.
// Draws no randomness of its own: the salt is passed in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace shop::core {

using salt = std::array<std::uint8_t, 16>;

std::string hash_password(std::string_view password, const salt& random);

// Takes as long for a hash that is none (an account that cannot log in, or no account at all, given
// as "") as for a real one, so that the time does not tell which addresses have an account.
bool verify_password(std::string_view password, std::string_view stored_hash);

}  // namespace shop::core

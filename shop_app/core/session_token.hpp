// Session tokens: 256 random bits written as hexadecimal, how a request carries one, and the hash
// under which the database knows it. Draws no randomness of its own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/http_message.hpp"

namespace shop::core {

using token_bits = std::array<std::uint8_t, 32>;

constexpr int session_days = 30;

std::string token_of(const token_bits& random);

// From `Authorization: Bearer ...`, else from the cookie; nothing unless it is well-formed.
std::optional<std::string> token_in(const request& asked);

// SHA-256 of the token as PostgreSQL's bytea text, \x and hexadecimal. A plain fast hash is
// enough: 256 random bits cannot be guessed, unlike a password.
std::string stored_token(std::string_view token);

std::string cookie_with(std::string_view token);
std::string cookie_without_token();

}  // namespace shop::core

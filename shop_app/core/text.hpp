// What counts as text that may be stored and shown: valid UTF-8 without control characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shop::core {

// PostgreSQL refuses a text with a NUL or with bytes that are no UTF-8 (22021): such text is the
// sender's mistake and must be answered as one before it gets there. Overlong forms, surrogates
// and values above U+10FFFF are refused as PostgreSQL refuses them.
bool is_utf8(std::string_view text);

// Valid UTF-8, and no ASCII control character.
bool is_plain_text(std::string_view text);

// Characters, not bytes; `text` must be valid UTF-8.
std::size_t character_count(std::string_view text);

std::string_view trimmed(std::string_view text);
std::string ascii_lower(std::string_view text);

}  // namespace shop::core
